using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace TrafficCore.LoadBench.Neighbours;

/// <summary>Somebody who works on the files of the embedded store from outside, as maintenance scripts do: empties the write-ahead log of a day file into it and writes the file anew, one after the other.</summary>
/// <param name="dataDirectory">Data directory of the service.</param>
internal sealed class StoreFileWork(string dataDirectory)
{
    /// <summary>Works until it is told to stop and says what it did.</summary>
    public Task<string> RunAsync(CancellationToken over)
    {
        var (files, busy, bytes, longest) = (0, 0, 0L, TimeSpan.Zero);
        while (!over.IsCancellationRequested)
        {
            foreach (var file in DayFiles().TakeWhile(_ => !over.IsCancellationRequested))
            {
                var began = Stopwatch.GetTimestamp();
                if (TryVacuum(file))
                {
                    files++;
                    bytes += new FileInfo(file).Length;
                }
                else
                {
                    busy++;
                }

                var took = Stopwatch.GetElapsedTime(began);
                longest = took > longest ? took : longest;
            }

            if (files + busy == 0)
            {
                throw new BenchException($"no day files in {dataDirectory}");
            }
        }

        return Task.FromResult(string.Create(CultureInfo.InvariantCulture, $"{files} day files of {bytes / 1e6:0.0} MB together were written anew beside it, the longest in {longest.TotalSeconds:0.00} s; {busy} were busy"));
    }

    /// <summary>Those of today first: the one that is being written.</summary>
    private IEnumerable<string> DayFiles() =>
        Directory.EnumerateFiles(Path.Combine(dataDirectory, "sqlite"), "*-????-??-??.db").OrderByDescending(static file => file[^13..], StringComparer.Ordinal);

    private static bool TryVacuum(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            foreach (var statement in new[] { "PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM" })
            {
                using var command = connection.CreateCommand();
                command.CommandText = statement;
                command.ExecuteNonQuery();
            }

            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 5 or 6)
        {
            // SQLITE_BUSY or SQLITE_LOCKED: the service is writing, which is its right.
            return false;
        }
    }
}
