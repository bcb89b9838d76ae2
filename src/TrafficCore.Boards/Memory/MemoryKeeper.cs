using Microsoft.Extensions.Logging;
using TrafficCore.Boards.Arbitration;

namespace TrafficCore.Boards.Memory;

/// <summary>Brings the director's memory to the store and back. A failing store is logged and never keeps a board from its message.</summary>
/// <remarks>Ownership: the boards' loop, like the director.</remarks>
internal sealed class MemoryKeeper(BoardDirector director, IBoardStore store, ILogger logger)
{
    private bool failing;

    /// <summary>Before the first judgement: gives the director what was saved.</summary>
    public void Restore()
    {
        try
        {
            if (store.Load() is not { } document)
            {
                return;
            }

            if (DirectorMemoryJson.Read(document, out var problem) is { } memory)
            {
                director.Restore(memory);
            }
            else
            {
                BoardsLog.MemoryIgnored(logger, problem!);
            }
        }
        catch (Exception error)
        {
            BoardsLog.MemoryNotRead(logger, error);
        }
    }

    /// <summary>After each judgement and before its messages are sent: saves when something changed.</summary>
    public void Save()
    {
        if (!director.Changed)
        {
            return;
        }

        try
        {
            store.Save(DirectorMemoryJson.Write(director.Remember()));
            director.Saved();
            failing = false;
        }
        catch (Exception error)
        {
            // Tried again with the next judgement; one line for each outage.
            if (!failing)
            {
                BoardsLog.MemoryNotSaved(logger, error);
            }

            failing = true;
        }
    }
}
