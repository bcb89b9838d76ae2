using System.Diagnostics;
using System.Net;
using System.Text;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Tests.Security;

public sealed class PasswordTests
{
    private const int Quick = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Create_Twice_GivesDifferentSaltsAndOwaspsCost()
    {
        var (one, two) = (PasswordHash.Create("a long secret"), PasswordHash.Create("a long secret"));
        Assert.NotEqual(one.Text, two.Text);
        Assert.StartsWith("$pbkdf2-sha512$i=210000$", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", one.Text, StringComparison.Ordinal);
        Assert.True(PasswordHash.Parse(one.Text)!.Matches("a long secret"u8));
    }

    [Fact]
    public void Parse_VectorMadeByAnotherProgram_Matches()
    {
        // Python's hashlib.pbkdf2_hmac("sha512", b"correct horse", b"0123456789abcdef", 1000).
        const string Known = "$pbkdf2-sha512$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$OM0FAoIqCVK1sWtxDiffVlBejtLa-ks4TP71JiecwuSZCG8iLbnlIEPOMoVX-i2B2wkSxjQ8CRGR9OkNGuIPMQ";
        var hash = PasswordHash.Parse(Known)!;
        Assert.True(hash.Matches("correct horse"u8));
        Assert.False(hash.Matches("correct horsf"u8));
        Assert.False(hash.Matches(""u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("$pbkdf2-sha512$i=10$MDEyMzQ1Njc4OWFiY2RlZg$AAAA")]
    [InlineData("$pbkdf2-sha512$i=2000000000$MDEyMzQ1Njc4OWFiY2RlZg$AAAA")]
    [InlineData("$pbkdf2-sha512$i=1000$MDEy$AAAA")]
    [InlineData("$pbkdf2-sha512$i=1000$!!$!!")]
    [InlineData("$pbkdf2-sha1$i=210000$MDEyMzQ1Njc4OWFiY2RlZg$AAAA")]
    public void Parse_WhatIsNoHash_IsNone(string text) => Assert.Null(PasswordHash.Parse(text));

    [Fact]
    public async Task Gate_RightAgain_CostsNoSlowHash()
    {
        using var gate = new PasswordGate(1, 10);
        var stored = PasswordHash.Create("right", Quick);
        Assert.Equal(PasswordAnswer.Right, await CheckAsync(gate, stored, "right"));
        Assert.Equal(PasswordAnswer.Right, await CheckAsync(gate, stored, "right"));
        Assert.Equal(1, gate.SlowChecks);
        Assert.Equal(PasswordAnswer.Wrong, await CheckAsync(gate, stored, "wrong"));
        Assert.Equal(2, gate.SlowChecks);
    }

    [Fact]
    public async Task Gate_PasswordChanged_ForgetsTheOldOne()
    {
        using var gate = new PasswordGate(1, 10);
        Assert.Equal(PasswordAnswer.Right, await CheckAsync(gate, PasswordHash.Create("old", Quick), "old"));
        Assert.Equal(PasswordAnswer.Wrong, await CheckAsync(gate, PasswordHash.Create("new", Quick), "old"));
    }

    [Fact]
    public async Task Gate_NoSuchAccount_CostsASlowHashAndIsWrong()
    {
        using var gate = new PasswordGate(1, 10);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(PasswordAnswer.Wrong, await CheckAsync(gate, null, "anything"));
            Assert.Equal(i, gate.SlowChecks);
        }
    }

    [Fact]
    public async Task Gate_TimeOfAnUnknownName_IsThatOfAWrongPassword()
    {
        using var gate = new PasswordGate(1, 10);
        var stored = PasswordHash.Create("right");
        List<double> known = [], unknown = [];
        for (var i = 0; i < 7; i++)
        {
            known.Add(await TimeAsync(gate, stored));
            unknown.Add(await TimeAsync(gate, null));
        }

        // The smallest of several: what the machine's other work adds is not the gate's. An answer without a hash would be a thousandth.
        Assert.InRange(unknown.Min() / known.Min(), 0.5, 2);
    }

    [Fact]
    public async Task Gate_QueueFull_RefusesAtOnceAndCounts()
    {
        using var gate = new PasswordGate(1, 2);
        var slow = PasswordHash.Create("x", 200_000);
        var checks = Enumerable.Range(0, 10).Select(i => CheckAsync(gate, slow, "wrong" + i)).ToList();
        Assert.True(gate.Refused >= 7);
        var answers = await Task.WhenAll(checks).WaitAsync(Patience);
        Assert.Equal(gate.Refused, answers.Count(a => a == PasswordAnswer.Busy));
        Assert.Equal(10 - gate.Refused, gate.SlowChecks);
    }

    [Fact]
    public async Task Gate_QueueFull_StillLetsInWhoWasInBefore()
    {
        using var gate = new PasswordGate(1, 1);
        var stored = PasswordHash.Create("right", Quick);
        Assert.Equal(PasswordAnswer.Right, await CheckAsync(gate, stored, "right"));
        var slow = PasswordHash.Create("x", 200_000);
        var flood = Enumerable.Range(0, 5).Select(i => CheckAsync(gate, slow, "wrong" + i)).ToList();
        Assert.Equal(PasswordAnswer.Right, await CheckAsync(gate, stored, "right"));
        await Task.WhenAll(flood).WaitAsync(Patience);
    }

    [Fact]
    public async Task Gate_QueueFullOfOneAddress_LetsAnotherIn()
    {
        using var gate = new PasswordGate(1, 4);
        var slow = PasswordHash.Create("x", 200_000);
        var flood = Enumerable.Range(0, 10).Select(i => CheckAsync(gate, slow, "wrong" + i)).ToList();
        Assert.Equal(PasswordAnswer.Right, await CheckAsync(gate, PasswordHash.Create("right", Quick), "right", "192.0.2.2"));
        var answers = await Task.WhenAll(flood).WaitAsync(Patience);
        Assert.Equal(gate.Refused, answers.Count(a => a == PasswordAnswer.Busy));
    }

    [Fact]
    public async Task Gate_Disposed_LeavesNobodyWaiting()
    {
        var slow = PasswordHash.Create("x", 200_000);
        var gate = new PasswordGate(1, 1000);
        var checks = Enumerable.Range(0, 1000).Select(i => CheckAsync(gate, slow, "wrong" + i)).ToList();
        gate.Dispose();
        await Task.WhenAny(Task.WhenAll(checks)).WaitAsync(Patience);
        Assert.Contains(checks, c => c.IsCanceled);
        Assert.True(gate.SlowChecks < 1000);
    }

    [Fact]
    public async Task Gate_ClientGone_IsNotCheckedAnyMore()
    {
        using var gate = new PasswordGate(1, 10);
        using var gone = new CancellationTokenSource();
        var first = CheckAsync(gate, PasswordHash.Create("x", 200_000), "wrong");
        var second = gate.CheckAsync("cab", null, "y"u8.ToArray(), null, gone.Token).AsTask();
        await gone.CancelAsync();
        await first.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Patience));
        Assert.Equal(1, gate.SlowChecks);
    }

    private static Task<PasswordAnswer> CheckAsync(PasswordGate gate, PasswordHash? stored, string password, string from = "192.0.2.1") =>
        gate.CheckAsync("cab", stored, Encoding.UTF8.GetBytes(password), IPAddress.Parse(from), CancellationToken.None).AsTask().WaitAsync(Patience);

    private static async Task<double> TimeAsync(PasswordGate gate, PasswordHash? stored)
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal(PasswordAnswer.Wrong, await CheckAsync(gate, stored, "not it"));
        return watch.Elapsed.TotalMilliseconds;
    }
}
