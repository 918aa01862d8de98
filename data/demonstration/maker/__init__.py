"""The parts that write the invented demonstration district."""
