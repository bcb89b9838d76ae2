using System.Diagnostics;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>What the Dockerfile puts into its images, made without a container engine: the same files copied, the same commands run.</summary>
/// <remarks>Ownership: one test.</remarks>
internal sealed partial class PublishedImages : IDisposable
{
    // A build from nothing on a busy machine of two cores.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(8);

    private readonly TemporaryDirectory _directory = new();
    private readonly Dockerfile _dockerfile = Dockerfile.Read();

    /// <summary>The files of a volume.</summary>
    public string Volume(string name) => Directory.CreateDirectory(_directory["volume-" + name]).FullName;

    public DockerStage Stage(string target) => _dockerfile.Stages[target];

    /// <summary>Publishes the programs of a target.</summary>
    public async Task PublishAsync(string target)
    {
        var from = _dockerfile.Stages[target].Instructions.Single(instruction => instruction is { Name: "COPY" } && instruction.Text.StartsWith("--from=", StringComparison.Ordinal)).Text.Split(' ');
        Assert.Equal(["/publish", "."], from[1..]);
        var publish = from[0]["--from=".Length..];
        CopySource(publish);
        foreach (var (_, command) in _dockerfile.Lineage(publish).Where(instruction => instruction.Name == "RUN"))
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", command.Replace("/publish", Folder(target), StringComparison.Ordinal)]) { WorkingDirectory = Context };
            start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
            var (exit, output) = await RunAsync(Prepare(start, publish), BuildLimit);
            Assert.True(exit == 0, output);
        }
    }

    /// <summary>A program of an image, to be started with the variables of its stage and those given.</summary>
    public ProcessStartInfo Program(string target, IEnumerable<string> command, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var words = command.ToList();
        var start = Prepare(new ProcessStartInfo(words[0], words.Skip(1).Select(Local)) { WorkingDirectory = Folder(target) }, target);

        // What the base image sets.
        start.Environment["ASPNETCORE_HTTP_PORTS"] = "8080";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = Local(value);
        }

        return start;
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start, TimeSpan limit)
    {
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        return (process.ExitCode, await output + await errors);
    }

    public void Dispose() => _directory.Dispose();

    private string Context => _directory["context"];

    private string Folder(string target) => _directory["image-" + target];

    private string Local(string text) => Mounted().Replace(text, match => Volume(match.Groups[1].Value));

    private ProcessStartInfo Prepare(ProcessStartInfo start, string stage)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (_, text) in _dockerfile.Lineage(stage).Where(instruction => instruction.Name == "ENV"))
        {
            foreach (var pair in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', 2)))
            {
                start.Environment[pair[0]] = Local(pair[1]);
            }
        }

        return start;
    }

    private void CopySource(string stage)
    {
        var ignore = File.ReadAllLines(Path.Combine(DocumentationTests.Root, ".dockerignore"));
        Assert.Equal("*", ignore.First(line => !line.StartsWith('#')));
        foreach (var source in _dockerfile.Lineage(stage).Where(instruction => instruction.Name == "COPY").SelectMany(instruction => instruction.Text.Split(' ')[..^1]))
        {
            Assert.Contains("!" + source.TrimEnd('/'), ignore);
            Copy(Path.Combine(DocumentationTests.Root, source), Path.Combine(Context, source));
        }
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj" or "data")))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }

    // Volumes are mounted at the root of a container.
    [GeneratedRegex(@"(?<=^|\s)/(data|network|secrets)(?=/|\s|$)")]
    private static partial Regex Mounted();
}
