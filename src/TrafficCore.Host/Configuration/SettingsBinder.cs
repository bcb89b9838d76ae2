using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace TrafficCore.Host.Configuration;

/// <summary>
/// Binds configuration sections to option classes strictly: every unknown key, unreadable value and violated annotation becomes an
/// error under its configuration key, and all of them are collected.
/// </summary>
/// <remarks>Ownership: one thread, at start. The framework's binder drops unknown keys and stops at the first bad value.</remarks>
internal sealed class SettingsBinder(IConfiguration configuration)
{
    /// <summary>Of durations without a range of their own. Ten years: longer than anything is kept, and no sum of two overflows.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly List<ConfigurationError> errors = [];
    private readonly Dictionary<string, List<Type>> sections = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<ConfigurationError> Errors => errors;

    public void Add(string key, string message) => errors.Add(new ConfigurationError(key, message));

    /// <summary>Binds one section; two classes may share one, each takes the keys it knows.</summary>
    public T Bind<T>(string section)
        where T : class, new()
    {
        if (!sections.TryGetValue(section, out var types))
        {
            sections[section] = types = [];
        }

        types.Add(typeof(T));
        var target = new T();
        BindObject(target, configuration.GetSection(section), section);
        return target;
    }

    /// <summary>Adds an error for every key that no bound class knows. Call it when all sections are bound.</summary>
    /// <param name="foreign">Sections that others read, e.g. <c>Logging</c>.</param>
    public void RejectUnknown(params string[] foreign)
    {
        var known = sections.SelectMany(s => s.Value.SelectMany(t => KeysOf(t, s.Key))).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var child in configuration.GetChildren())
        {
            if (sections.TryGetValue(child.Key, out var types))
            {
                if (child.Value is { Length: > 0 })
                {
                    Add(child.Path, "is a section of keys, not a value");
                }

                RejectUnknown(child, types, known);
            }
            else if (!foreign.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                foreach (var leaf in Leaves(child))
                {
                    Add(leaf, $"is not a known key; the nearest is {NearestKey.Find(leaf, known)}");
                }
            }
        }
    }

    private void RejectUnknown(IConfigurationSection section, IReadOnlyList<Type> types, List<string> known)
    {
        foreach (var child in section.GetChildren())
        {
            var nested = types.SelectMany(Properties).Where(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)).Select(p => p.PropertyType).ToList();
            if (nested.Count == 0)
            {
                foreach (var leaf in Leaves(child))
                {
                    Add(leaf, $"is not a known key; the nearest is {NearestKey.Find(leaf, known)}");
                }
            }
            else if (nested.Select(SettingsValue.ElementOf).OfType<Type>().FirstOrDefault(e => !SettingsValue.IsScalar(e)) is { } element)
            {
                foreach (var item in child.GetChildren())
                {
                    RejectUnknown(item, [element], known);
                }
            }
            else if (nested.Where(t => !SettingsValue.IsScalar(t) && SettingsValue.ElementOf(t) is null).ToList() is { Count: > 0 } classes)
            {
                RejectUnknown(child, classes, known);
            }
        }
    }

    private void BindObject(object target, IConfigurationSection section, string path)
    {
        var broken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in Properties(target.GetType()))
        {
            var child = section.GetSection(property.Name);
            if (!child.Exists())
            {
                continue;
            }

            var before = errors.Count;
            var value = Read(property, target, child, $"{path}:{property.Name}");
            if (errors.Count == before)
            {
                property.SetValue(target, value);
            }
            else
            {
                broken.Add(property.Name);
            }
        }

        Validate(target, path, broken);
    }

    private object? Read(PropertyInfo property, object target, IConfigurationSection child, string key)
    {
        var type = property.PropertyType;
        if (SettingsValue.IsScalar(type))
        {
            return ReadScalar(type, child, key);
        }

        if (SettingsValue.ElementOf(type) is { } element)
        {
            return ReadList(element, child, key);
        }

        var nested = property.GetValue(target) ?? Activator.CreateInstance(type)!;
        BindObject(nested, child, key);
        return nested;
    }

    private object? ReadScalar(Type type, IConfigurationSection section, string key)
    {
        if (section.Value is { } text && !section.GetChildren().Any())
        {
            return ReadText(type, text, key);
        }

        Add(key, "is one value, not a section");
        return null;
    }

    private object? ReadText(Type type, string text, string key)
    {
        var (value, error) = SettingsValue.Parse(type, text);
        if (error is not null)
        {
            Add(key, error);
        }

        return value;
    }

    // A list is indexed children (JSON) or, for scalars, one comma list (environment and command line).
    private Array ReadList(Type element, IConfigurationSection child, string key)
    {
        if (!SettingsValue.IsScalar(element) && child.Value is { Length: > 0 })
        {
            Add(key, "is a list of sections, not a value");
        }

        var parts = child.Value is { } text && SettingsValue.IsScalar(element)
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(t => ReadText(element, t, key)).ToList()
            : [.. child.GetChildren().Select(item => ReadItem(element, item, $"{key}:{item.Key}"))];
        var list = Array.CreateInstance(element, parts.Count);
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is { } part)
            {
                list.SetValue(part, i);
            }
        }

        return list;
    }

    private object? ReadItem(Type element, IConfigurationSection item, string key)
    {
        if (SettingsValue.IsScalar(element))
        {
            return ReadScalar(element, item, key);
        }

        var target = Activator.CreateInstance(element)!;
        BindObject(target, item, key);
        return target;
    }

    private void Validate(object target, string path, HashSet<string> broken)
    {
        foreach (var property in Properties(target.GetType()).Where(p => !broken.Contains(p.Name)))
        {
            if (property.GetValue(target) is TimeSpan duration && !property.IsDefined(typeof(RangeAttribute)) && (duration <= TimeSpan.Zero || duration > Longest))
            {
                Add($"{path}:{property.Name}", $"must be longer than 0 and at most {DurationText.Format(Longest)}");
            }

            var results = new List<ValidationResult>();
            var context = new ValidationContext(target) { MemberName = property.Name, DisplayName = property.Name };
            if (!Validator.TryValidateProperty(property.GetValue(target), context, results))
            {
                errors.AddRange(results.Select(r => new ConfigurationError($"{path}:{property.Name}", r.ErrorMessage ?? "is not valid")));
            }
        }

        // Rules over several options are judged only when each of them could be read; else they would report consequences.
        if (broken.Count == 0 && target is IValidatableObject whole)
        {
            foreach (var result in whole.Validate(new ValidationContext(target)))
            {
                var member = result.MemberNames.FirstOrDefault();
                Add(member is null ? path : $"{path}:{member}", result.ErrorMessage ?? "is not valid");
            }
        }
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0);

    private static IEnumerable<string> KeysOf(Type type, string path) => Properties(type).SelectMany(property =>
    {
        var key = $"{path}:{property.Name}";
        if (SettingsValue.IsScalar(property.PropertyType))
        {
            return [key];
        }

        return SettingsValue.ElementOf(property.PropertyType) is { } element
            ? SettingsValue.IsScalar(element) ? [key] : KeysOf(element, key + ":0")
            : KeysOf(property.PropertyType, key);
    });

    private static IEnumerable<string> Leaves(IConfigurationSection section) =>
        section.GetChildren().Any() ? section.GetChildren().SelectMany(Leaves) : [section.Path];
}
