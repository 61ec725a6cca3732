"""What other sites and programs see of the pages: heads with cards and structured data, sitemaps, oEmbed and embeds."""
