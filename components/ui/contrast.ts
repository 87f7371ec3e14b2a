/** A colour in OKLCH: lightness 0-1, chroma, hue in degrees. */
export interface Oklch {
  l: number;
  c: number;
  h: number;
}

/** "oklch(0.455 0.074 205)" -> numbers; throws on anything else, a colour with alpha too. */
export function parseOklch(text: string): Oklch {
  const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(text.trim());
  if (!match) throw new Error(`Not an opaque OKLCH colour: ${text}`);
  return { l: Number(match[1]), c: Number(match[2]), h: Number(match[3]) };
}

/** Every `--name: light-dark(oklch(…), oklch(…))` of a style sheet, per theme. */
export function tokensOf(css: string): Record<"light" | "dark", Map<string, string>> {
  const themes = { light: new Map<string, string>(), dark: new Map<string, string>() };
  for (const [, name, light, dark] of css.matchAll(
    /--([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)/g,
  )) {
    if (!name || !light || !dark) continue;
    themes.light.set(name, light);
    themes.dark.set(name, dark);
  }
  return themes;
}

/** Relative luminance (WCAG 2.2) of the colour as an sRGB screen shows it: OKLab by Ottosson, out-of-gamut parts cut. */
function luminance({ l, c, h }: Oklch): number {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const cut = (value: number) => Math.min(Math.max(value, 0), 1);
  const red = cut(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = cut(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = cut(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG contrast ratio of two colours, 1 to 21. */
export function contrast(one: Oklch, other: Oklch): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
