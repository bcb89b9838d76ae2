using System.Buffers;
using System.Buffers.Binary;

namespace TrafficCore.Log;

/// <summary>Where a chain begins: behind what retention has deleted, or where the log was when the chain was begun.</summary>
/// <param name="Sequence">Sequence number of the last segment in front; 0 when there was none.</param>
/// <param name="Position">Where that ended.</param>
/// <param name="Hash">Hash of its link; zeros when no link was ever deleted.</param>
internal sealed record ChainAnchor(long Sequence, long Position, byte[] Hash);

/// <summary>What the file of a chain says. Immutable.</summary>
/// <param name="Anchor">Where it begins.</param>
/// <param name="RetiredSequence">Segments up to here are being deleted by retention: each may be there or not.</param>
/// <param name="Links">The links behind the anchor, in order.</param>
internal sealed record ChainFile(ChainAnchor Anchor, long RetiredSequence, IReadOnlyList<ChainLink> Links)
{
    public const string Name = "history.chain";

    private const int AnchorSize = (3 * sizeof(long)) + ChainLink.HashBytes;

    /// <summary>Hash of the newest link: who knows it knows the whole history in front.</summary>
    public byte[] Head => Links.Count == 0 ? Anchor.Hash : Links[^1].Hash;

    public long LastSequence => Links.Count == 0 ? Anchor.Sequence : Links[^1].Sequence;

    public long End => Links.Count == 0 ? Anchor.Position : Links[^1].End;

    /// <summary>Saves the chain: after a crash the file has this one or the one before, whole.</summary>
    public void Save(string directory, ILogFileSystem files) => SealedFile.Replace(files, Path.Combine(directory, Name), End, Write);

    /// <summary>Reads the chain of a log; null when there is none, or when it can't be understood: <paramref name="damaged"/> then.</summary>
    /// <exception cref="InvalidDataException">It is intact, and a newer program wrote it.</exception>
    public static ChainFile? Read(string directory, ILogFileSystem files, out bool damaged)
    {
        damaged = false;
        try
        {
            using var file = files.Open(Path.Combine(directory, Name), writable: false);
            damaged = !SealedFile.TryRead(file, out _, out var content) || content.Length < AnchorSize || (content.Length - AnchorSize) % ChainLink.Size != 0;
            return damaged ? null : Parse(content);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private void Write(IBufferWriter<byte> target)
    {
        var head = target.GetSpan(AnchorSize);
        BinaryPrimitives.WriteInt64LittleEndian(head, RetiredSequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], Anchor.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], Anchor.Position);
        Anchor.Hash.CopyTo(head[24..]);
        target.Advance(AnchorSize);
        foreach (var link in Links)
        {
            link.Write(target.GetSpan(ChainLink.Size));
            target.Advance(ChainLink.Size);
        }
    }

    private static ChainFile Parse(ReadOnlySpan<byte> content)
    {
        var anchor = new ChainAnchor(
            BinaryPrimitives.ReadInt64LittleEndian(content[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(content[16..]),
            content[24..AnchorSize].ToArray());
        var links = new ChainLink[(content.Length - AnchorSize) / ChainLink.Size];
        for (var i = 0; i < links.Length; i++)
        {
            links[i] = ChainLink.Read(content[(AnchorSize + (i * ChainLink.Size))..]);
        }

        return new ChainFile(anchor, BinaryPrimitives.ReadInt64LittleEndian(content), links);
    }
}
