using Microsoft.Extensions.Logging;

namespace TrafficCore.Boards.Memory;

/// <summary>Brings the director's memory to the store and back. A failing store is logged once for each outage and never keeps a board from its message.</summary>
/// <remarks>Ownership: the boards' loop, like the director.</remarks>
internal sealed class MemoryKeeper(IBoardStore store, ILogger logger)
{
    private bool failing;

    /// <summary>Before the first judgement: what was saved last; null when there is nothing that this program understands.</summary>
    public DirectorMemory? Load()
    {
        try
        {
            if (store.Load() is not { } document)
            {
                return null;
            }

            var memory = DirectorMemoryJson.Read(document, out var problem);
            if (memory is null)
            {
                BoardsLog.MemoryIgnored(logger, problem!);
            }

            return memory;
        }
        catch (Exception error)
        {
            BoardsLog.MemoryNotRead(logger, error);
            return null;
        }
    }

    /// <summary>Saves; true when the memory is durable.</summary>
    public bool TrySave(DirectorMemory memory)
    {
        try
        {
            store.Save(document => DirectorMemoryJson.Write(document, memory));
            failing = false;
        }
        catch (Exception error)
        {
            // Tried again with the next look.
            if (!failing)
            {
                BoardsLog.MemoryNotSaved(logger, error);
            }

            failing = true;
        }

        return !failing;
    }
}
