using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore passwd --from-csv</c>: the accounts of a city in one run.</summary>
internal static class PasswdImport
{
    private static readonly string[] Columns = ["name", "role", "owns", "password"];

    /// <summary>A line of the file. Names, roles, topics and generated passwords need no quotes, and a password with a comma is refused.</summary>
    private sealed record Line(int Number, string Name, AccountRole Role, string[] Owns, string Password, bool IsGenerated);

    public static int Run(CliContext context, string path)
    {
        string[] text;
        try
        {
            text = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"--from-csv: {error.Message}");
            return ExitCodes.Usage;
        }

        var (lines, problems) = Parse(text);
        foreach (var problem in problems)
        {
            context.Error.WriteLine($"{path}: {problem}");
        }

        if (problems.Count > 0)
        {
            return ExitCodes.Usage;
        }

        var code = SecurityFiles.Change(context, document =>
        {
            // A tenth of a second each: all processors, or ten thousand accounts take a quarter of an hour.
            var hashes = lines.AsParallel().AsOrdered().Select(l => PasswordHash.Create(l.Password)).ToList();
            foreach (var (line, hash) in lines.Zip(hashes))
            {
                PasswdCommand.Put(document, line.Name, line.Role, line.Owns, hash);
            }

            return true;
        });
        if (code == ExitCodes.Done)
        {
            // Only now: what was printed is in force.
            foreach (var line in lines.Where(l => l.IsGenerated))
            {
                context.Output.WriteLine($"{line.Name},{line.Password}");
            }
        }

        return code;
    }

    private static (List<Line> Lines, List<string> Problems) Parse(string[] text)
    {
        List<string> problems = [];
        List<Line> lines = [];
        if (text.Length == 0 || !text[0].Split(',').Select(c => c.Trim().ToLowerInvariant()).SequenceEqual(Columns))
        {
            return (lines, [$"the first line must be {string.Join(',', Columns)}"]);
        }

        for (var i = 1; i < text.Length; i++)
        {
            if (text[i].Trim().Length == 0)
            {
                continue;
            }

            var cells = text[i].Split(',');
            if (cells.Length != Columns.Length)
            {
                problems.Add($"line {i + 1}: has {cells.Length} cells, not {Columns.Length}");
            }
            else if (!Enum.TryParse<AccountRole>(cells[1].Trim(), ignoreCase: true, out var role) || !Enum.IsDefined(role))
            {
                problems.Add($"line {i + 1}: \"{cells[1]}\" is not device, viewer, operator or admin");
            }
            else if (cells[3].Length > 0 && PasswdCommand.Problem(cells[3]) is { } problem)
            {
                problems.Add($"line {i + 1}: the password {problem}");
            }
            else
            {
                var owns = cells[2].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                var isGenerated = cells[3].Length == 0;
                lines.Add(new Line(i + 1, cells[0].Trim(), role, owns, isGenerated ? PasswdCommand.Generate() : cells[3], isGenerated));
            }
        }

        return (lines, problems);
    }
}
