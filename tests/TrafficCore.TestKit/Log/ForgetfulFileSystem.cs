using TrafficCore.Log;

namespace TrafficCore.TestKit.Log;

/// <summary>
/// A file system in memory that forgets, at a power loss, what was not synced: bytes in blocks, sizes, and names whose
/// directory was not synced. It can fail the nth operation of a kind, and lose power at any operation.
/// </summary>
/// <remarks>
/// Safe from several threads, under one lock. After <see cref="CrashAt"/> has struck every operation throws
/// <see cref="SimulatedCrash"/>; <see cref="Restart"/> gives what a machine finds after the power is back.
/// </remarks>
public sealed class ForgetfulFileSystem : ILogFileSystem
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FileOperation, int> _counts = [];
    private readonly Dictionary<(FileOperation Kind, int Number), bool> _failures = [];
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly ForgetfulDirectory _root;
    private readonly Random _short = new(7);
    private Predicate<string>? _refuse;
    private bool _isForbidden;
    private int _crashAt = int.MaxValue;
    private (int From, int To) _full;

    public ForgetfulFileSystem()
        : this(new ForgetfulDirectory())
    {
    }

    private ForgetfulFileSystem(ForgetfulDirectory root) => _root = root;

    /// <summary>Operations so far that change something: the crash points of a run without crash are 1..Operations.</summary>
    public int Operations { get; private set; }

    public bool Crashed { get; private set; }

    /// <summary>Operations of a kind so far.</summary>
    public int CountOf(FileOperation kind) => _counts.GetValueOrDefault(kind);

    /// <summary>Loses power during operation number <paramref name="operation"/> (from 1): it may still be seen afterwards, or not.</summary>
    public ForgetfulFileSystem CrashAt(int operation)
    {
        _crashAt = operation;
        return this;
    }

    /// <summary>Fails the nth operation of a kind (from 1) with an <see cref="IOException"/>.</summary>
    public ForgetfulFileSystem Fail(FileOperation kind, int number)
    {
        _failures[(kind, number)] = true;
        return this;
    }

    /// <summary>From operation number <paramref name="from"/> on (from 1) the disk is full for so many operations: nothing is created or written.</summary>
    public ForgetfulFileSystem Full(int from, int operations)
    {
        _full = (from, from + operations);
        return this;
    }

    /// <summary>While set, changes to paths it holds for are refused: a full or broken disk, or one that forbids them. Null: healthy.</summary>
    public void Refuse(Predicate<string>? refuse, bool isForbidden = false)
    {
        lock (_gate)
        {
            (_refuse, _isForbidden) = (refuse, isForbidden);
        }
    }

    /// <summary>What is found after a power loss now; see <see cref="PowerLoss"/> for seeds.</summary>
    public ForgetfulFileSystem Restart(int seed, int blockBytes = 512)
    {
        lock (_gate)
        {
            return new ForgetfulFileSystem(_root.AfterPowerLoss(new PowerLoss(seed, blockBytes, Operations), []));
        }
    }

    /// <summary>What is found after the process was killed now: everything, but what was not synced still is not.</summary>
    public ForgetfulFileSystem Kill()
    {
        lock (_gate)
        {
            return new ForgetfulFileSystem(_root.AfterKill([]));
        }
    }

    /// <summary>The bytes of a file as seen now, to damage them in place.</summary>
    public Span<byte> Bytes(string path) => FileAt(path).Seen;

    /// <summary>Replaces a file's content, durably: for cutting files short.</summary>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        var inode = new ForgetfulInode(content.Length);
        inode.Write(content, 0);
        inode.Sync();
        var (directory, name) = Locate(path);
        directory.Bind(name, inode);
        directory.Sync();
    }

    public bool DirectoryExists(string path)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return FindDirectory(path) is not null;
        }
    }

    public void CreateDirectory(string path) => Do(FileOperation.CreateDirectory, path, () =>
    {
        if (FindDirectory(path) is null)
        {
            var (parent, name) = Locate(path);
            parent.Bind(name, new ForgetfulDirectory());
        }
    });

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return [.. Directory(directory).Seen.Where(pair => pair.Value is ForgetfulInode).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        }
    }

    public ILogFile Create(string path, long length)
    {
        ForgetfulInode? inode = null;
        Do(FileOperation.Create, path, () =>
        {
            var (directory, name) = Locate(path);
            if (directory.Seen.ContainsKey(name))
            {
                throw new IOException($"{path} exists.");
            }

            directory.Bind(name, inode = new ForgetfulInode(length));
        });
        return new ForgetfulFile(this, path, inode!);
    }

    public ILogFile Open(string path, bool writable)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return new ForgetfulFile(this, path, FileAt(path));
        }
    }

    public void Rename(string from, string to) => Do(FileOperation.Rename, to, () =>
    {
        var (directory, name) = Locate(from);
        _ = FileAt(from);
        directory.Rename(name, Path.GetFileName(to));
    });

    public void Delete(string path) => Do(FileOperation.Delete, path, () =>
    {
        var (directory, name) = Locate(path);
        if (directory.Seen.ContainsKey(name))
        {
            directory.Remove(name);
        }
    });

    public void SyncDirectory(string path) => Do(FileOperation.SyncDirectory, path, () => Directory(path).Sync());

    public IDisposable Lock(string directory)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return _locks.Add(directory) ? new Held(this, directory) : throw new IOException($"{directory} is in use.");
        }
    }

    internal T Look<T>(Func<T> look)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return look();
        }
    }

    /// <summary>Counts an operation, then crashes, fails or does it.</summary>
    internal void Do(FileOperation kind, string path, Action change, Action<PowerLoss>? failing = null)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            Operations++;
            var number = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            if (Operations >= _crashAt)
            {
                // A sync that the power loss cuts short has done nothing for sure; the seed decides what it did.
                if (kind is not (FileOperation.Sync or FileOperation.SyncDirectory))
                {
                    change();
                }

                Crashed = true;
                throw new SimulatedCrash();
            }

            var isFull = kind is FileOperation.Create or FileOperation.Write && Operations >= _full.From && Operations < _full.To;
            if (isFull || _failures.ContainsKey((kind, number)) || _refuse?.Invoke(path) == true)
            {
                failing?.Invoke(new PowerLoss(_short.Next()));
                var text = $"Simulated failure of {kind} number {number}.";
                throw _isForbidden ? new UnauthorizedAccessException(text) : new IOException(text);
            }

            change();
        }
    }

    private void ThrowIfCrashed()
    {
        if (Crashed)
        {
            throw new SimulatedCrash();
        }
    }

    private ForgetfulInode FileAt(string path)
    {
        var (directory, name) = Locate(path);
        return directory.Seen.GetValueOrDefault(name) as ForgetfulInode
            ?? throw new FileNotFoundException("No such file.", path);
    }

    private (ForgetfulDirectory Directory, string Name) Locate(string path) =>
        (Directory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/"), Path.GetFileName(path));

    private ForgetfulDirectory Directory(string path) =>
        FindDirectory(path) ?? throw new DirectoryNotFoundException($"No such directory: {path}");

    private ForgetfulDirectory? FindDirectory(string path)
    {
        var directory = _root;
        foreach (var name in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (directory.Seen.GetValueOrDefault(name) is not ForgetfulDirectory next)
            {
                return null;
            }

            directory = next;
        }

        return directory;
    }

    private sealed class Held(ForgetfulFileSystem files, string directory) : IDisposable
    {
        public void Dispose()
        {
            lock (files._gate)
            {
                files._locks.Remove(directory);
            }
        }
    }
}
