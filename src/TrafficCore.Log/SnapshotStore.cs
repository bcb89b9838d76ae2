using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TrafficCore.Log;

/// <summary>
/// Keeps the last two snapshots of a state, each belonging to a position of a log. A snapshot is there whole or not at all;
/// the older one is the answer when the newer is damaged.
/// </summary>
/// <remarks>Ownership: single, synchronous; <see cref="Save"/> may take long and runs on its caller's thread.</remarks>
public sealed class SnapshotStore
{
    private const string Extension = ".snapshot";
    private const int SequenceDigits = 8;
    private const int PositionDigits = 16;

    // Two: the newest, and one to fall back on. The log must reach back to the older one.
    private const int Kept = 2;

    private readonly string _directory;
    private readonly ILogFileSystem _files;
    private readonly bool _readOnly;
    private readonly List<StoredSnapshot> _stored = [];
    private readonly List<string> _damaged = [];

    /// <summary>Opens the store, creating its directory; what an interrupted save left is deleted.</summary>
    /// <param name="directory">The store's own directory.</param>
    /// <param name="files">File system.</param>
    /// <param name="readOnly">Change nothing: for audit and export, also while a service owns the store. It can't save then.</param>
    public SnapshotStore(string directory, ILogFileSystem files, bool readOnly = false)
    {
        ArgumentNullException.ThrowIfNull(files);
        (_directory, _files, _readOnly) = (directory, files, readOnly);
        if (!readOnly)
        {
            DurableDirectory.Ensure(files, directory);
        }
        else if (!files.DirectoryExists(directory))
        {
            return;
        }

        foreach (var name in files.ListFiles(directory))
        {
            if (TryParseName(name) is { } found)
            {
                _stored.Add(found);
            }
            else if (!readOnly && name.EndsWith(SealedFile.TemporaryExtension, StringComparison.Ordinal))
            {
                files.Delete(Path.Combine(directory, name));
            }
        }

        if (!readOnly)
        {
            // A name that a killed process did not sync must not vanish after it was loaded.
            files.SyncDirectory(directory);
        }
    }

    /// <summary>Position of the oldest snapshot kept: logs must retain everything from here. Null when there is none.</summary>
    public long? OldestPosition => _stored.Count == 0 ? null : _stored.Min(snapshot => snapshot.Position);

    /// <summary>Files that <see cref="TryLoadLatest"/> found damaged.</summary>
    public IReadOnlyList<string> Damaged => _damaged;

    /// <summary>
    /// Writes a snapshot, durable and under its name when this returns; then deletes all but the last two. When it throws, the
    /// earlier snapshots are as they were.
    /// </summary>
    /// <param name="position">The log position up to which the state is.</param>
    /// <param name="write">Writes the content.</param>
    public void Save(long position, Action<IBufferWriter<byte>> write)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentNullException.ThrowIfNull(write);
        if (_readOnly)
        {
            throw new InvalidOperationException("The store was opened to read only.");
        }

        var sequence = _stored.Count == 0 ? 1 : _stored[^1].Sequence + 1;
        var name = string.Create(CultureInfo.InvariantCulture, $"{sequence:x8}-{position:x16}{Extension}");
        SealedFile.Replace(_files, Path.Combine(_directory, name), position, write);
        _stored.Add(new StoredSnapshot(name, sequence, position));
        DeleteOld();
    }

    /// <summary>Loads the newest snapshot that is whole; false when there is none.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="content">Its content.</param>
    /// <param name="passOver">So many whole ones are passed over, the newest first: what they refer to is not there any more.</param>
    public bool TryLoadLatest(out long position, [NotNullWhen(true)] out byte[]? content, int passOver = 0)
    {
        _damaged.Clear();
        for (var i = _stored.Count - 1; i >= 0; i--)
        {
            using (var file = _files.Open(Path.Combine(_directory, _stored[i].Name), writable: false))
            {
                if (SealedFile.TryRead(file, out position, out content) && position == _stored[i].Position)
                {
                    if (passOver-- == 0)
                    {
                        return true;
                    }

                    continue;
                }
            }

            _damaged.Add(_stored[i].Name);
        }

        (position, content) = (0, null);
        return false;
    }

    private void DeleteOld()
    {
        while (_stored.Count > Kept)
        {
            _files.Delete(Path.Combine(_directory, _stored[0].Name));
            _stored.RemoveAt(0);
        }

        _files.SyncDirectory(_directory);
    }

    private static StoredSnapshot? TryParseName(string name) =>
        name.Length == SequenceDigits + 1 + PositionDigits + Extension.Length
        && name.EndsWith(Extension, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(0, SequenceDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sequence)
        && long.TryParse(name.AsSpan(SequenceDigits + 1, PositionDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position)
            ? new StoredSnapshot(name, sequence, position)
            : null;

    private sealed record StoredSnapshot(string Name, long Sequence, long Position);
}
