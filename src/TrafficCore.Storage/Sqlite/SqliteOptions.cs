using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Storage.Sqlite;

/// <summary>The embedded store. It is always on.</summary>
public sealed class SqliteOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sqlite";

    /// <summary>Directory of the database files; empty: <c>sqlite</c> in the data directory.</summary>
    public string Directory { get; set; } = "";

    /// <summary>How long a day of detector rows is kept after its last write. Default 7 d: a fault report is settled within a week, and
    /// detector rows are nine tenths of all bytes.</summary>
    public TimeSpan KeepDetectors { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a day of approach and intersection rows shorter than <see cref="LongWindow"/> is kept. Default 30 d: a month
    /// of minutes for before-and-after questions.</summary>
    public TimeSpan KeepShortWindows { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a day of longer approach and intersection rows is kept. Default 400 d: a year and the same month before it.</summary>
    public TimeSpan KeepLongWindows { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long a day of observations of environment sensors and car parks is kept after its last write. Default 30 d, as minutes
    /// of approaches are: rain and traffic are looked at together.</summary>
    public TimeSpan KeepObservations { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a day of rejected payloads is kept. Default 30 d: long enough to repair a device's clock and requeue.</summary>
    public TimeSpan KeepQuarantine { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of rejected payloads kept of one day; what comes later on a full day is counted and not kept. Default 1 GiB: with
    /// <see cref="KeepQuarantine"/> a sender that has gone wild takes 30 GiB and not the disk.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long QuarantineDayBytes { get; set; } = 1L << 30;

    /// <summary>How long a day of board messages is kept. Default 400 d: what a driver was told is asked for long after an accident.</summary>
    public TimeSpan KeepBoards { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long a day of the city's index is kept. Default 400 d, as the longer windows that it is compared with.</summary>
    public TimeSpan KeepCity { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Windows at least this long are "long". Default 15 min, the traffic engineer's reporting interval.</summary>
    public TimeSpan LongWindow { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Rows written in one transaction at most. Default 20,000: about 0.2 s of work, so that readers and stopping never wait long.</summary>
    [Range(1, 1_000_000)]
    public int BatchRows { get; set; } = 20_000;

    /// <summary>How long rows are collected before they are committed. Default 1 s: every commit syncs the disk that the input log
    /// shares, and nothing reads the store more often.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan BatchDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Files open for writing at most. Default 40: three kinds of rows and two of observations for each of eight days, which is
    /// what a back-fill of the whole <c>Windows:Lateness</c> touches.</summary>
    [Range(4, 1000)]
    public int OpenFiles { get; set; } = 40;

    /// <summary>Files up to this size are checked whole when they are opened for writing. Default 64 MiB, about 0.2 s; damage in
    /// bigger ones is found when a page is used.</summary>
    [Range(0, long.MaxValue)]
    public long CheckBytes { get; set; } = 64L << 20;

    /// <summary>Output held for the store, in bytes, at most. Default 0: 20 % of the disk that <c>Data:Directory</c> is on. Beyond it rows are lost to the store
    /// for good: that takes a store that refuses writes for as long as it takes to fill a fifth of a disk.</summary>
    [Range(0, long.MaxValue)]
    public long MaxBacklog { get; set; }

    /// <summary>Threads that answer queries. Default 2: one long question does not hold up the next.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 2;

    /// <summary>Rows of one answer at most. Default 100,000: 69 days of minutes.</summary>
    [Range(1, 10_000_000)]
    public int MaxRows { get; set; } = 100_000;
}
