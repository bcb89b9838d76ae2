using TrafficCore.Traffic.Service;

namespace TrafficCore.Storage.Influx;

/// <summary>Writes the city's index as points: measurement, tags and fields of the contract.</summary>
internal static class CityIndexLines
{
    /// <summary>Writes one point and its line end. Every field is known in every row, so a revision never takes one away.</summary>
    public static void Write(LineBuffer line, CityIndexRow row)
    {
        line.Raw("city_index,city="u8);
        line.Name(row.City);
        line.Raw(",window="u8);
        line.Window(row.Length);
        line.Raw(" tpi="u8);
        line.Float(row.Tpi);
        line.Raw(",tti="u8);
        line.Float(row.Tti);
        line.Raw(",dtp="u8);
        line.Float(row.Dtp);
        line.Raw(",level="u8);
        line.Integer(row.Index.Level);
        line.Raw("i,congested_share="u8);
        line.Float(row.CongestedShare);
        for (int level = 1; level <= LevelLengths.Levels; level++)
        {
            line.Raw(",share_"u8);
            line.Integer(level);
            line.Raw((byte)'=');
            line.Float(row.Lengths.Share(level));
        }

        line.Raw(",approaches="u8);
        line.Integer(row.Approaches);
        line.Raw("i,coverage="u8);
        line.Float(row.Coverage);
        line.Raw(",method="u8);
        line.Text(CongestionIndex.Method);
        line.Raw(",network_version="u8);
        line.Integer(row.NetworkVersion);
        line.Raw("i,revision="u8);
        line.Integer(row.Revision);
        line.Raw("i "u8);
        line.Integer(row.Start);
        line.Raw((byte)'\n');
    }
}
