namespace TrafficCore.IntegrationTests.Web;

/// <summary>Questions to a page about how it looks, as expressions; the answer is empty when all is well.</summary>
internal static class PageLook
{
    /// <summary>Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3).</summary>
    public const string TextTooPale = """
        (() => {
          const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
          const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
          const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
          const luminance = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = (element) => { if (!element) { return [255, 255, 255]; } const colour = rgba(getComputedStyle(element).backgroundColor); return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement)); };
          const pale = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const element = node.parentElement;
            const style = getComputedStyle(element);
            if (node.data.trim() && element.checkVisibility({ visibilityProperty: true }) && !element.closest("option, :disabled, noscript, .unseen")) {
              const ground = behind(element);
              const ink = over(rgba(element instanceof SVGElement ? style.fill : style.color), ground);
              const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
              if ((light + 0.05) / (dark + 0.05) < 4.5) { pale.push(`${node.data.trim()}: ${ink.map(Math.round)} on ${ground.map(Math.round)}`); }
            }
          }
          return pale.join("; ");
        })()
        """;

    /// <summary>Fields, buttons and links that a screen reader could not name.</summary>
    public const string NamelessControls = """
        [...document.querySelectorAll("input, select, textarea, button, a, svg[role=img], progress, summary")]
          .filter((e) => e.checkVisibility() && !(e.labels?.length > 0) && !e.getAttribute("aria-label") && !e.textContent.trim())
          .map((e) => e.outerHTML).join("; ")
        """;
}
