namespace TrafficCore.Tests.Mqtt.Wire;

/// <summary>Bytes as they are written in the specifications: hex pairs with blanks, text in single quotes.</summary>
internal static class Hex
{
    public static byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
            }
            else if (text[i] == '\'')
            {
                var end = text.IndexOf('\'', i + 1);
                bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(text[(i + 1)..end]));
                i = end + 1;
            }
            else
            {
                bytes.Add(Convert.ToByte(text.Substring(i, 2), 16));
                i += 2;
            }
        }

        return [.. bytes];
    }
}
