using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore passwd</c>: writes accounts into the accounts file, one or many.</summary>
internal static class PasswdCommand
{
    // 128 bits: nobody types a device's password.
    private const int GeneratedBytes = 16;

    // NIST SP 800-63B 5.1.1.2.
    private const int ShortestPassword = 8;

    public static Command Create(CliContext context)
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "Account; for a device the common name of its certificate, if it has one" };
        var role = new Option<AccountRole?>("--role") { Description = "device, viewer, operator or admin; a new account is a device" };
        var owns = new Option<string?>("--owns") { Description = "What a device speaks for: int-0001, int-0001/detector/d-01, several with commas" };
        var generate = new Option<bool>("--generate") { Description = "Makes a random password and prints it" };
        var without = new Option<bool>("--no-password") { Description = "The account comes with a certificate only" };
        var delete = new Option<bool>("--delete") { Description = "Takes the account away; its connections are closed" };
        var csv = new Option<string?>("--from-csv") { Description = "Many: a file with the columns name, role, owns (separated by ;) and password; an empty password is made and printed as name,password" };
        var command = new Command("passwd", "Writes accounts with salted, slow hashes into Security:AccountsFile; the password is read from standard input. A running service notices")
        {
            name, role, owns, generate, without, delete, csv,
        };
        command.SetAction(parsed => (parsed.GetValue(name), parsed.GetValue(csv)) switch
        {
            (null, { } file) => PasswdImport.Run(context, file),
            ({ } one, null) => SecurityFiles.Change(context, document => parsed.GetValue(delete)
                ? Delete(context, document, one)
                : Set(context, document, one, parsed.GetValue(role), parsed.GetValue(owns), parsed.GetValue(generate), parsed.GetValue(without))),
            _ => Usage(context, "either the name of an account or --from-csv is required"),
        });
        return command;
    }

    /// <summary>A random password that needs no quoting anywhere.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(GeneratedBytes));

    /// <summary>Writes an account, in place of the one before it.</summary>
    public static void Put(AccountsDocument document, string name, AccountRole? role, IEnumerable<string>? owns, PasswordHash? password)
    {
        var entry = document.Accounts.Find(a => a.Name == name);
        if (entry is null)
        {
            document.Accounts.Add(entry = new AccountEntry { Name = name, Role = role ?? AccountRole.Device });
        }

        entry.Role = role ?? entry.Role;
        entry.Owns = owns is null ? entry.Owns : [.. owns];
        entry.Password = password?.Text;
    }

    /// <summary>Why a password is refused; null when it is not.</summary>
    public static string? Problem(string password) => password.Length < ShortestPassword ? $"has less than {ShortestPassword} characters" : null;

    private static bool Set(CliContext context, AccountsDocument document, string name, AccountRole? role, string? owns, bool generate, bool without)
    {
        var password = generate ? Generate() : without ? null : ReadPassword(context);
        if (!without && (password is null || Problem(password) is not null))
        {
            context.Error.WriteLine(password is null ? "the two passwords differ" : $"the password {Problem(password)}");
            return false;
        }

        Put(document, name, role, owns?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), password is null ? null : PasswordHash.Create(password));
        if (generate)
        {
            context.Output.WriteLine(password);
        }

        return true;
    }

    private static bool Delete(CliContext context, AccountsDocument document, string name)
    {
        if (document.Accounts.RemoveAll(a => a.Name == name) > 0)
        {
            return true;
        }

        context.Error.WriteLine($"there is no account {name}");
        return false;
    }

    // Asked twice and not shown at a terminal; a line of standard input else.
    private static string? ReadPassword(CliContext context)
    {
        if (Console.IsInputRedirected || !ReferenceEquals(context.Input, Console.In))
        {
            return context.Input.ReadLine() ?? "";
        }

        var first = HiddenLine.Read(context.Error, "Password: ");
        return HiddenLine.Read(context.Error, "Again: ") == first ? first : null;
    }

    private static int Usage(CliContext context, string problem)
    {
        context.Error.WriteLine(problem);
        return ExitCodes.Usage;
    }
}
