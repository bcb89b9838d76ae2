using System.Globalization;

namespace TrafficCore.Host.Configuration;

/// <summary>Reads one configuration value as the type of an option.</summary>
internal static class SettingsValue
{
    /// <summary>True for types that one string can hold.</summary>
    public static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(Uri);
    }

    /// <summary>The element type of a list option; null when it is none.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(IReadOnlyList<>) || open == typeof(IList<>) || open == typeof(List<>) || open == typeof(IReadOnlyCollection<>) || open == typeof(IEnumerable<>))
            ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>The value, or what is wrong with the text.</summary>
    public static (object? Value, string? Error) Parse(Type type, string text)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return text.Length == 0 || (underlying == typeof(TimeSpan) && text == DurationText.Unlimited) ? (null, null) : Parse(underlying, text);
        }

        if (type == typeof(string))
        {
            return (text, null);
        }

        return type switch
        {
            _ when type == typeof(bool) => bool.TryParse(text, out var flag) ? (flag, null) : Wrong(text, "true or false"),
            _ when type == typeof(TimeSpan) => ParseDuration(text),
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? (uri, null) : Wrong(text, "an absolute URL"),
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (number, null) : Wrong(text, "a number"),
            _ when type.IsEnum => ParseEnum(type, text),
            _ => ParseInteger(type, text),
        };
    }

    private static (object? Value, string? Error) ParseDuration(string text)
    {
        return DurationText.TryParse(text, out var duration) ? (duration, null) : Wrong(text, "a duration such as 500ms, 60s, 15m, 8h or 7d");
    }

    private static (object? Value, string? Error) ParseEnum(Type type, string text) =>
        !char.IsAsciiDigit(text.FirstOrDefault()) && Enum.TryParse(type, text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value)
            ? (value, null)
            : Wrong(text, "one of " + string.Join(", ", Enum.GetNames(type).Select(n => char.ToLowerInvariant(n[0]) + n[1..])));

    private static (object? Value, string? Error) ParseInteger(Type type, string text)
    {
        try
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? (Convert.ChangeType(number, type, CultureInfo.InvariantCulture), null)
                : Wrong(text, "a whole number");
        }
        catch (OverflowException)
        {
            return Wrong(text, "a whole number in range");
        }
    }

    private static (object? Value, string? Error) Wrong(string text, string expected) => (null, $"\"{text}\" is not {expected}");
}
