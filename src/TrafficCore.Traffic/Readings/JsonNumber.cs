using System.Text.Json;

namespace TrafficCore.Traffic.Readings;

/// <summary>What a number is.</summary>
internal enum NumberStatus : byte
{
    /// <summary>Not a JSON number.</summary>
    Invalid,

    /// <summary>Does not fit 63 bits after scaling.</summary>
    TooBig,

    /// <summary>Was rounded half up.</summary>
    Rounded,

    /// <summary>Is exactly the value.</summary>
    Exact,
}

/// <summary>
/// Reads a JSON number as an integer of a decimal unit, rounded half up, without floating point: 0.1 is 0.1, and every
/// machine rounds 43.205 the same way.
/// </summary>
internal static class JsonNumber
{
    // Digits that always fit an unsigned 64-bit integer with room for one rounding step.
    private const int MaxDigits = 18;

    // Exponents beyond this make any of our numbers zero or too big; stopping there keeps the sum of exponents in range.
    private const int MaxExponent = 1_000_000;

    private static readonly ulong[] Powers =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>Reads the number at <paramref name="i"/> in units of 10^-<paramref name="scale"/> and moves behind it.</summary>
    public static NumberStatus Read(ReadOnlySpan<byte> s, ref int i, int scale, out long value)
    {
        value = 0;
        bool negative = i < s.Length && s[i] == (byte)'-';
        i += negative ? 1 : 0;
        var digits = default(Digits);
        int first = i;
        digits.Take(s, ref i, 0);
        if (i == first || (s[first] == (byte)'0' && i - first > 1))
        {
            return NumberStatus.Invalid;
        }

        if (i < s.Length && s[i] == (byte)'.')
        {
            int point = ++i;
            digits.Take(s, ref i, 1);
            if (i == point)
            {
                return NumberStatus.Invalid;
            }
        }

        if (!TryExponent(s, ref i, out int exponent))
        {
            return NumberStatus.Invalid;
        }

        return Scale(digits, exponent + scale, negative, out value);
    }

    /// <summary>The number at a reader's token, in units of 10^-<paramref name="scale"/>; invalid when the token is something else.</summary>
    public static NumberStatus Read(in Utf8JsonReader reader, int scale, out long value)
    {
        int i = 0;
        value = 0;
        return reader.TokenType == JsonTokenType.Number ? Read(reader.ValueSpan, ref i, scale, out value) : NumberStatus.Invalid;
    }

    /// <summary>Plain digits without sign, point or exponent, at most 15: what nearly every field is.</summary>
    public static bool TryPlain(ReadOnlySpan<byte> s, ref int i, out long value)
    {
        long sum = 0;
        int at = i;
        int end = Math.Min(s.Length, at + 15);
        uint digit;
        while (at < end && (digit = (uint)(s[at] - '0')) <= 9)
        {
            sum = (sum * 10) + digit;
            at++;
        }

        value = sum;
        if (at == i || at >= s.Length || (s[i] == (byte)'0' && at - i > 1) || s[at] is (byte)'.' or (byte)'e' or (byte)'E' or (>= (byte)'0' and <= (byte)'9'))
        {
            return false;
        }

        i = at;
        return true;
    }

    private static bool TryExponent(ReadOnlySpan<byte> s, ref int i, out int exponent)
    {
        exponent = 0;
        if (i >= s.Length || (s[i] | 0x20) != 'e')
        {
            return true;
        }

        i++;
        bool negative = i < s.Length && s[i] == (byte)'-';
        i += i < s.Length && s[i] is (byte)'-' or (byte)'+' ? 1 : 0;
        int first = i;
        for (; i < s.Length && s[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            exponent = Math.Min(MaxExponent, (exponent * 10) + (s[i] - '0'));
        }

        exponent = negative ? -exponent : exponent;
        return i > first;
    }

    private static NumberStatus Scale(in Digits digits, int exponent, bool negative, out long value)
    {
        value = 0;
        ulong mantissa = digits.Value;
        exponent += digits.Exponent;
        if (mantissa == 0)
        {
            return NumberStatus.Exact;
        }

        bool exact = !digits.Lost;
        if (exponent >= 0)
        {
            if (exponent >= Powers.Length || mantissa > long.MaxValue / Powers[exponent])
            {
                return NumberStatus.TooBig;
            }

            mantissa *= Powers[exponent];
        }
        else if (-exponent >= Powers.Length)
        {
            mantissa = 0;
            exact = false;
        }
        else
        {
            ulong unit = Powers[-exponent];
            ulong rest = mantissa % unit;
            mantissa /= unit;

            // Half up means towards plus infinity: exactly half of a negative number goes to the smaller magnitude.
            bool up = rest > unit / 2 || (rest == unit / 2 && rest > 0 && (!negative || digits.Lost));
            mantissa += up ? 1UL : 0;
            exact &= rest == 0;
        }

        value = negative ? -(long)mantissa : (long)mantissa;
        return exact ? NumberStatus.Exact : NumberStatus.Rounded;
    }

    private struct Digits
    {
        public ulong Value;
        public int Exponent;
        public bool Lost;
        private int _count;

        public void Take(ReadOnlySpan<byte> s, ref int i, int fraction)
        {
            for (; i < s.Length; i++)
            {
                uint digit = (uint)(s[i] - '0');
                if (digit > 9)
                {
                    return;
                }

                if (_count < MaxDigits)
                {
                    Value = (Value * 10) + digit;
                    _count += Value == 0 ? 0 : 1;
                    Exponent -= fraction;
                }
                else
                {
                    Lost |= digit != 0;
                    Exponent += 1 - fraction;
                }
            }
        }
    }
}
