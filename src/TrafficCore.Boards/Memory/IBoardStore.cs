using System.Buffers;

namespace TrafficCore.Boards.Memory;

/// <summary>Keeps the director's memory over a restart. Implemented where the disk is known; called by the boards' loop only.</summary>
public interface IBoardStore
{
    /// <summary>The document that was saved last and is whole; null when there is none.</summary>
    byte[]? Load();

    /// <summary>Replaces the document; it is durable when this returns.</summary>
    /// <param name="write">Writes it, called once.</param>
    void Save(Action<IBufferWriter<byte>> write);
}
