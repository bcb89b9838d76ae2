using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Boards;

/// <summary>
/// What a board shows: what it was told, blank when it was told nothing or when that has expired. What is wrong with it changes what
/// it shows and says.
/// </summary>
/// <remarks>Ownership: one loop. No clock and no I/O; times are Unix milliseconds.</remarks>
internal sealed class BoardFace
{
    private readonly IReadOnlyList<BoardFault> _faults;
    private readonly Func<string, string?> _misfit;
    private string? _id;
    private string? _rule;
    private string _told = "";
    private long _expires = long.MaxValue;
    private string? _error;
    private string _seen = "";

    /// <param name="faults">What goes wrong with it.</param>
    /// <param name="misfit">Says why a MULTI string can't be shown; null where it can. Without it everything fits.</param>
    public BoardFace(IReadOnlyList<BoardFault> faults, Func<string, string?>? misfit = null) => (_faults, _misfit) = (faults, misfit ?? (static _ => null));

    /// <summary>Times that it lit up.</summary>
    public int Shown { get; private set; }

    /// <summary>Times that it went blank after a message.</summary>
    public int Cleared { get; private set; }

    /// <summary>What stands on it.</summary>
    public string Multi => _seen;

    /// <summary>Id of the message that it was told; null: none.</summary>
    public string? Id => _id;

    /// <summary>The rule that the message names as its reason; null: none.</summary>
    public string? Rule => _rule;

    /// <summary>The fault of a kind at a moment; null when it has none.</summary>
    public BoardFault? Find(FaultKind kind, long now) => _faults.FirstOrDefault(f => f.Kind == kind && f.IsAt(now));

    /// <summary>When it will change by itself next: a message expires, or a fault begins or ends.</summary>
    public long NextChange(long now) =>
        _faults.SelectMany(static f => (long[])[f.FromMs, f.UntilMs]).Where(at => at > now).Append(_expires).Min();

    /// <summary>Takes a message.</summary>
    public void Obey(ReadOnlySpan<byte> payload, long now)
    {
        if (Find(FaultKind.Reject, now) is not null)
        {
            _error = "rejected";
        }
        else if (payload.IsEmpty)
        {
            (_id, _rule, _error, _told, _expires) = (null, null, null, "", long.MaxValue);
        }
        else
        {
            Read(payload);
        }

        Refresh(now);
    }

    /// <summary>Lets time pass; true when what stands on it has changed.</summary>
    public bool Refresh(long now)
    {
        if (_expires <= now)
        {
            (_told, _expires) = ("", long.MaxValue);
        }

        var seen = Find(FaultKind.Wrong, now)?.Multi ?? _told;
        if (seen == _seen)
        {
            return false;
        }

        // Changes between blank and lit; a message that is only prolonged is none.
        Shown += _seen.Length == 0 ? 1 : 0;
        Cleared += seen.Length == 0 ? 1 : 0;
        _seen = seen;
        return true;
    }

    /// <summary>What it says about itself.</summary>
    public byte[] Status(long now) => Encoding.UTF8.GetBytes(JsonLine.Of(new { id = _id, state = State, multi = _seen, ts = now, error = _error }));

    /// <summary>State of the status.</summary>
    public string State => _error is not null ? "rejected" : _seen.Length > 0 ? "shown" : "blank";

    /// <summary>A board that is told nonsense, or what does not fit on it, goes on showing what it showed, and says so.</summary>
    private void Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var json = JsonDocument.ParseValue(ref reader);
            var message = json.RootElement;
            var multi = message.GetProperty("multi").GetString() ?? "";
            var expires = message.TryGetProperty("expires", out var e) ? e.GetInt64() : long.MaxValue;
            var rule = message.TryGetProperty("reason", out var reason) && reason.TryGetProperty("rule", out var r) ? r.GetString() : null;
            var id = message.GetProperty("id").GetString();
            if (_misfit(multi) is { } misfit)
            {
                // The status names the message that it is about; what stands on the board stays.
                (_id, _error) = (id, misfit);
                return;
            }

            (_id, _rule, _told, _expires, _error) = (id, rule, multi, expires, null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            _error = e.Message;
        }
    }
}
