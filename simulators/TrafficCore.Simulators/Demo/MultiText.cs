using System.Text;

namespace TrafficCore.Simulators.Demo;

/// <summary>Takes a MULTI string apart as far as a simulated board needs it.</summary>
internal static class MultiText
{
    /// <summary>The text without tags; a new line becomes " / ", a new page " // ", and a doubled bracket a bracket.</summary>
    public static string Plain(string multi)
    {
        var text = new StringBuilder();
        for (var i = 0; i < multi.Length; i++)
        {
            if (multi[i] is '[' or ']' && i + 1 < multi.Length && multi[i + 1] == multi[i])
            {
                text.Append(multi[i++]);
            }
            else if (multi[i] == '[' && multi.IndexOf(']', i) is var end and > 0)
            {
                text.Append(Separator(multi.AsSpan(i + 1, end - i - 1)));
                i = end;
            }
            else
            {
                text.Append(multi[i]);
            }
        }

        return text.ToString();
    }

    private static string Separator(ReadOnlySpan<char> tag) =>
        tag.StartsWith("nl", StringComparison.OrdinalIgnoreCase) ? " / "
        : tag.Equals("np", StringComparison.OrdinalIgnoreCase) ? " // "
        : "";
}
