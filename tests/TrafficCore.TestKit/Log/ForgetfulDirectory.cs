namespace TrafficCore.TestKit.Log;

/// <summary>A directory's names as the process sees them, as the disk has them, and the changes between.</summary>
internal sealed class ForgetfulDirectory
{
    private readonly List<Action<Dictionary<string, object>>> _unsynced = [];
    private Dictionary<string, object> _durable = new(StringComparer.Ordinal);

    /// <summary>Name to <see cref="ForgetfulInode"/> or <see cref="ForgetfulDirectory"/>.</summary>
    public Dictionary<string, object> Seen { get; private set; } = new(StringComparer.Ordinal);

    public void Bind(string name, object entry) => Change(names => names[name] = entry);

    public void Remove(string name)
    {
        var entry = Seen[name];
        Change(names => RemoveIf(names, name, entry));
    }

    public void Rename(string from, string to)
    {
        var entry = Seen[from];
        Change(names =>
        {
            RemoveIf(names, from, entry);
            names[to] = entry;
        });
    }

    public void Sync()
    {
        _durable = new(Seen, StringComparer.Ordinal);
        _unsynced.Clear();
    }

    public ForgetfulDirectory AfterKill(Dictionary<object, object> copies)
    {
        var copy = new ForgetfulDirectory();
        foreach (var (name, entry) in Seen)
        {
            copy.Seen[name] = Copy(entry, copies, inode => inode.AfterKill(), directory => directory.AfterKill(copies));
        }

        foreach (var (name, entry) in _durable)
        {
            copy._durable[name] = Copy(entry, copies, inode => inode.AfterKill(), directory => directory.AfterKill(copies));
        }

        // Which changes are unsynced is kept as one: everything seen now, or what was durable.
        if (_unsynced.Count > 0)
        {
            var seen = new Dictionary<string, object>(copy.Seen, StringComparer.Ordinal);
            copy._unsynced.Add(names =>
            {
                names.Clear();
                foreach (var (name, entry) in seen)
                {
                    names[name] = entry;
                }
            });
        }

        return copy;
    }

    /// <summary>Each unsynced change (a rename is one) survives or not.</summary>
    public ForgetfulDirectory AfterPowerLoss(PowerLoss which, Dictionary<object, object> copies)
    {
        var names = new Dictionary<string, object>(_durable, StringComparer.Ordinal);
        foreach (var change in _unsynced)
        {
            if (which.Survives())
            {
                change(names);
            }
        }

        var after = new ForgetfulDirectory();
        foreach (var (name, entry) in names.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            after.Seen[name] = Copy(entry, copies, inode => inode.AfterPowerLoss(which), directory => directory.AfterPowerLoss(which, copies));
        }

        after._durable = new(after.Seen, StringComparer.Ordinal);
        return after;
    }

    private static object Copy(
        object entry,
        Dictionary<object, object> copies,
        Func<ForgetfulInode, ForgetfulInode> copyFile,
        Func<ForgetfulDirectory, ForgetfulDirectory> copyDirectory)
    {
        if (!copies.TryGetValue(entry, out var copy))
        {
            copy = entry is ForgetfulInode inode ? copyFile(inode) : copyDirectory((ForgetfulDirectory)entry);
            copies[entry] = copy;
        }

        return copy;
    }

    private static void RemoveIf(Dictionary<string, object> names, string name, object entry)
    {
        if (names.TryGetValue(name, out var found) && ReferenceEquals(found, entry))
        {
            names.Remove(name);
        }
    }

    private void Change(Action<Dictionary<string, object>> change)
    {
        change(Seen);
        _unsynced.Add(change);
    }
}
