using System.Text.Json;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Acceptance;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>The repository's Dockerfile, as far as it uses the language.</summary>
internal sealed partial class Dockerfile
{
    private Dockerfile(IReadOnlyDictionary<string, DockerStage> stages) => Stages = stages;

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, DockerStage> Stages { get; }

    public static Dockerfile Read()
    {
        Dictionary<string, DockerStage> stages = new(StringComparer.Ordinal);
        DockerStage? stage = null;
        foreach (Match instruction in Instruction().Matches(File.ReadAllText(Path.Combine(DocumentationTests.Root, "Dockerfile"))))
        {
            var text = Continued().Replace(instruction.Groups[2].Value, " ");
            if (instruction.Groups[1].Value == "FROM")
            {
                var from = text.Split(' ');
                stages[from[2]] = stage = new DockerStage(from[0]);
            }
            else
            {
                stage?.Instructions.Add((instruction.Groups[1].Value, text));
            }
        }

        return new Dockerfile(stages);
    }

    /// <summary>The instructions of a stage and of those that it is made from, first to last.</summary>
    public IEnumerable<(string Name, string Text)> Lineage(string stage) =>
        Stages.TryGetValue(stage, out var found) ? Lineage(found.From).Concat(found.Instructions) : [];

    [GeneratedRegex(@"^([A-Z]+) ((?:[^\n]*\\\n)*[^\n]*)", RegexOptions.Multiline)]
    private static partial Regex Instruction();

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();
}

/// <summary>One stage.</summary>
internal sealed record DockerStage(string From)
{
    public List<(string Name, string Text)> Instructions { get; } = [];

    /// <summary>The program that the engine runs to see whether the container is healthy, with its arguments.</summary>
    public IReadOnlyList<string>? HealthCheck =>
        Only("HEALTHCHECK") is { } text ? JsonSerializer.Deserialize<string[]>(text[(text.IndexOf("CMD ", StringComparison.Ordinal) + 4)..]) : null;

    /// <summary>What the container runs; its command follows.</summary>
    public IReadOnlyList<string> EntryPoint => JsonSerializer.Deserialize<string[]>(Only("ENTRYPOINT")!)!;

    private string? Only(string name) => Instructions.Where(instruction => instruction.Name == name).Select(instruction => instruction.Text).SingleOrDefault();
}
