using System.CommandLine;
using TrafficCore.Host.Backup;
using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Pipeline.Recovery;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore restore DIR</c>: puts a backup into a new data directory.</summary>
internal static class RestoreCommand
{
    public static Command Create(CliContext context)
    {
        var backup = new Argument<string>("directory") { Description = "The backup" };
        var check = new Option<bool>("--check") { Description = "Only compare the backup with its checksums" };
        var command = new Command("restore", "Puts a backup into Data:Directory, which is missing or empty") { backup, check };
        command.SetAction((parsed, _) => StopSignals.RunAsync(context, stop => Run(context, parsed.GetValue(backup)!, parsed.GetValue(check), stop)));
        return command;
    }

    private static int Run(CliContext context, string backup, bool checkOnly, CancellationToken stop)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        try
        {
            if (!IsBackup(context, backup))
            {
                return ExitCodes.Usage;
            }

            if (Read(context, backup, stop) is not { } manifest)
            {
                return ExitCodes.Failed;
            }

            if (checkOnly)
            {
                context.Output.WriteLine(FormattableString.Invariant($"backup of {manifest.Taken:O}: all {manifest.Files.Count} files are as they were written"));
                return ExitCodes.Done;
            }

            return Restore(context, settings, backup, manifest, stop);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    // What is no backup, or not yet one, is a wrong argument; a backup that is damaged is a failure.
    private static bool IsBackup(CliContext context, string backup)
    {
        var problem = UnfinishedMark.Find(Path.GetFullPath(backup), PhysicalFileSystem.Instance) ?? BackupManifest.Missing(backup);
        if (problem is not null)
        {
            context.Error.WriteLine($"directory: {problem}");
        }

        return problem is null;
    }

    private static BackupManifest? Read(CliContext context, string backup, CancellationToken stop)
    {
        if (BackupManifest.Read(backup, out var problem) is not { } manifest)
        {
            context.Error.WriteLine($"directory: {problem}");
            return null;
        }

        var problems = BackupCheck.Problems(backup, manifest, stop);
        foreach (var line in problems)
        {
            context.Error.WriteLine($"damaged: {line}");
        }

        return problems.Count == 0 ? manifest : null;
    }

    private static int Restore(CliContext context, ServiceSettings settings, string backup, BackupManifest manifest, CancellationToken stop)
    {
        var isElsewhere = settings.Sqlite.Directory.Length > 0;
        using var data = Begin(context, "Data:Directory", settings.Data.Directory);
        using var store = data is null || !isElsewhere ? null : Begin(context, "Sqlite:Directory", settings.Sqlite.Directory);
        if (data is null || (isElsewhere && store is null))
        {
            return ExitCodes.Usage;
        }

        if (DataRestore.Run(backup, manifest, data, store, stop) is { } changed)
        {
            context.Error.WriteLine($"damaged: {changed}");
            return ExitCodes.Failed;
        }

        store?.Complete();
        data.Complete();
        context.Output.WriteLine(FormattableString.Invariant(
            $"restored the backup of {manifest.Taken:O} into {data.FullName}: input up to position {manifest.InputEnd}, received {manifest.LastReceived:O}"));
        foreach (var file in manifest.Configuration)
        {
            context.Output.WriteLine($"{file.Key} was {file.From}, and lies in the backup as {file.Path}");
        }

        return ExitCodes.Done;
    }

    private static UnfinishedDirectory? Begin(CliContext context, string key, string path)
    {
        var directory = UnfinishedDirectory.TryBegin(path, out var refusal);
        if (directory is null)
        {
            context.Error.WriteLine($"{key}: {refusal}");
        }

        return directory;
    }
}
