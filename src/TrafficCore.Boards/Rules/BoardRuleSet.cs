using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Boards.Rules;

/// <summary>The content of a rules file, bound as configuration is and never changed after.</summary>
public sealed class BoardRuleSet : IValidatableObject
{
    /// <summary>The shape of rules that this program reads.</summary>
    public const int CurrentShape = 1;

    /// <summary>Version of the file's shape; 1.</summary>
    [Range(CurrentShape, CurrentShape, ErrorMessage = "must be 1, the shape of rules that this program reads")]
    public int Shape { get; set; }

    /// <summary>The rules.</summary>
    public IReadOnlyList<BoardRule> Rules { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => RuleCheck.Errors(Rules);
}
