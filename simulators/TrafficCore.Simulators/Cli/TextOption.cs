using System.CommandLine;

namespace TrafficCore.Simulators.Cli;

/// <summary>An option whose value is made from a text, and whose default the help shows as one would write it.</summary>
internal sealed class TextOption<T> : Option<string>
{
    private readonly Func<string, T> _parse;

    /// <param name="name">Name with its dashes.</param>
    /// <param name="description">What it does.</param>
    /// <param name="usual">Its default, as text.</param>
    /// <param name="parse">Makes the value; throws <see cref="UsageException"/>.</param>
    /// <param name="helpName">What stands for the value in the help.</param>
    public TextOption(string name, string description, string usual, Func<string, T> parse, string helpName)
        : base(name)
    {
        _parse = parse;
        Description = description;
        HelpName = helpName;
        DefaultValueFactory = _ => usual;
        Validators.Add(result =>
        {
            try
            {
                parse(result.GetValueOrDefault<string>() ?? "");
            }
            catch (UsageException e)
            {
                result.AddError(e.Message);
            }
        });
    }

    /// <summary>Its value.</summary>
    public T Of(ParseResult parsed) => _parse(parsed.GetRequiredValue(this));
}
