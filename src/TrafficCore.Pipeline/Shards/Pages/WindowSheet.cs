namespace TrafficCore.Pipeline.Shards;

/// <summary>The windows of one length of one detector, laid out side by side: pages are written column by column.</summary>
/// <remarks>Ownership: the shard loop; filled for one detector at a time, reused for the next.</remarks>
internal sealed class WindowSheet
{
    private readonly List<List<(int Window, long Volume)>> _classes = [];
    private WindowContent[] _windows = new WindowContent[PackedWindow.PerChunk];
    private int _count;

    /// <summary>In order; their classes are in <see cref="Classes"/>.</summary>
    public ReadOnlySpan<WindowContent> Windows => _windows.AsSpan(0, _count);

    /// <summary>By class number, windows in order; volumes as in <see cref="WindowContent.Classes"/>.</summary>
    public IReadOnlyList<List<(int Window, long Volume)>> Classes => _classes;

    public bool HasRows { get; private set; }

    public bool HasClasses { get; private set; }

    public void Fill(DetectorWindows windows)
    {
        _count = 0;
        HasRows = HasClasses = false;
        _classes.ForEach(static column => column.Clear());
        while (windows.MoveNext())
        {
            if (_count == _windows.Length)
            {
                Array.Resize(ref _windows, _count * 2);
            }

            _windows[_count++] = new WindowContent { Window = windows.Window, Row = windows.Row, Cell = windows.Cell };
            HasRows |= windows.Row != 0;
            AddClasses(windows.Window, windows.Classes);
        }
    }

    private void AddClasses(int window, ClassVolumes classes)
    {
        while (classes.MoveNext())
        {
            while (_classes.Count <= classes.Number)
            {
                _classes.Add([]);
            }

            _classes[classes.Number].Add((window, classes.Volume));
            HasClasses = true;
        }
    }
}
