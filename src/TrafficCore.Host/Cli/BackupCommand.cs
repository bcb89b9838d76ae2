using System.CommandLine;
using TrafficCore.Host.Backup;
using TrafficCore.Host.Configuration;
using TrafficCore.Pipeline;
using TrafficCore.Storage.Sqlite;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore backup DIR</c>: copies everything that a service keeps, while it runs or while it does not.</summary>
internal static class BackupCommand
{
    public static Command Create(CliContext context)
    {
        var directory = new Argument<string>("directory") { Description = "New directory: missing, empty, or left by a backup that was interrupted" };
        var command = new Command("backup", "Copies Data:Directory and the files of the configuration; the service may run") { directory };
        command.SetAction((parsed, _) => StopSignals.RunAsync(context, stop => Run(context, parsed.GetValue(directory)!, stop)));
        return command;
    }

    private static int Run(CliContext context, string path, CancellationToken stop)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        if (DirectoryPaths.IsInside(path, settings.Data.Directory))
        {
            context.Error.WriteLine("directory: must lie outside of Data:Directory");
            return ExitCodes.Usage;
        }

        try
        {
            using var directory = UnfinishedDirectory.TryBegin(path, out var refusal);
            if (directory is null)
            {
                context.Error.WriteLine($"directory: {refusal}");
                return ExitCodes.Usage;
            }

            var manifest = new DataBackup(settings, directory, TimeProvider.System, context.Error, stop).Run();
            directory.Complete();
            context.Output.WriteLine(FormattableString.Invariant(
                $"backup of {manifest.Taken:O}: {manifest.Files.Count} files, {manifest.Files.Sum(static f => f.Length) >> 20} MiB, input up to position {manifest.InputEnd}, received {manifest.LastReceived:O}"));
            return ExitCodes.Done;
        }
        catch (Exception error) when (error is DirectoryNotFoundException or DataDirectoryException)
        {
            context.Error.WriteLine($"Data:Directory: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or SqliteStoreException)
        {
            context.Error.WriteLine($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }
}
