import { expect, test } from "vitest";
import { currentWeather, forecast } from "./sample-weather.ts";

const morning = new Date("2026-05-14T06:00:00Z");
const evening = new Date("2026-05-14T18:00:00Z");

test("the weather of a zip code is the same all day and differs between zip codes", () => {
  const { observedAt: _, ...early } = currentWeather("90210", morning);
  const { observedAt: __, ...late } = currentWeather("90210", evening);
  expect(early).toEqual(late);
  expect(early.city).toBe("Beverly Hills");
  expect(currentWeather("10001", morning).city).toBe("New York");
});

test("a forecast has the days that were asked for, tomorrow first", () => {
  const { days } = forecast("12345", 3, morning);
  expect(days.map((day) => day.date)).toEqual(["2026-05-15", "2026-05-16", "2026-05-17"]);
  for (const { low, high } of days) expect(high.value).toBeGreaterThan(low.value);
});
