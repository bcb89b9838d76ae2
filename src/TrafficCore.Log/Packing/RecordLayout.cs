namespace TrafficCore.Log;

/// <summary>
/// How the body of one kind of record is laid out, as far as packing profits from it: fields in front, then as many entries
/// as the header counts, then anything. Equal fields of many records then lie side by side and compress three times as well.
/// </summary>
/// <remarks>
/// Only a hint. It is stored in each packed segment, so a reader needs no program that knows the record; a body that does not
/// fit is packed as plain bytes.
/// </remarks>
public sealed class RecordLayout
{
    private const int MaxFields = 32;
    private const int MaxWidth = 255;

    /// <summary>Makes a layout.</summary>
    /// <param name="type">Type of the record.</param>
    /// <param name="version">Version of its body.</param>
    /// <param name="lead">Widths in bytes of the fields in front, 1 to 255 each; may be empty.</param>
    /// <param name="entry">Widths in bytes of the fields of an entry, 1 to 255 each; may be empty.</param>
    /// <exception cref="ArgumentException">More than 32 fields, or a width that is none.</exception>
    public RecordLayout(byte type, byte version, IReadOnlyList<int> lead, IReadOnlyList<int> entry)
    {
        ArgumentNullException.ThrowIfNull(lead);
        ArgumentNullException.ThrowIfNull(entry);
        if (lead.Count + entry.Count > MaxFields || lead.Concat(entry).Any(static width => width is < 1 or > MaxWidth))
        {
            throw new ArgumentException($"A layout has at most {MaxFields} fields of 1 to {MaxWidth} bytes.", nameof(entry));
        }

        (Type, Version) = (type, version);
        Lead = [.. lead];
        Entry = [.. entry];
        LeadBytes = lead.Sum();
        EntryBytes = entry.Sum();
    }

    /// <summary>Type of the record.</summary>
    public byte Type { get; }

    /// <summary>Version of its body.</summary>
    public byte Version { get; }

    internal int[] Lead { get; }

    internal int[] Entry { get; }

    internal int LeadBytes { get; }

    internal int EntryBytes { get; }

    internal int Fields => Lead.Length + Entry.Length;

    /// <summary>Whether a body with this header has room for what the layout says.</summary>
    internal bool Fits(in RecordHeader header) =>
        header.Type == Type && header.Version == Version && header.Count >= 0 && LeadBytes + ((long)header.Count * EntryBytes) <= header.Length;
}
