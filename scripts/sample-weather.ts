import { createHash } from "node:crypto";

const CITIES = new Map(
  Object.entries({
    "10001": "New York",
    "33109": "Miami Beach",
    "60601": "Chicago",
    "78701": "Austin",
    "80202": "Denver",
    "90210": "Beverly Hills",
    "94105": "San Francisco",
    "98101": "Seattle",
  }),
);
const CONDITIONS = ["Sunny", "Partly cloudy", "Cloudy", "Light rain", "Thunderstorms", "Fog", "Windy", "Clear"];

/** A number from 0 up to and without `below` that depends on the text alone. */
const draw = (text: string, below: number): number =>
  createHash("sha256").update(text).digest().readUInt32BE(0) % below;

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const cityOf = (zipcode: string): string => CITIES.get(zipcode) ?? `Zip code area ${zipcode}`;
const fahrenheit = (value: number) => ({ value, unit: "F" as const });

/** The weather of a zip code, the same for every call of one day. */
export function currentWeather(zipcode: string, now: Date) {
  const seed = `${zipcode} ${dayOf(now)}`;
  return {
    zipcode,
    city: cityOf(zipcode),
    temperature: fahrenheit(35 + draw(`${seed} temperature`, 60)),
    conditions: CONDITIONS[draw(`${seed} conditions`, CONDITIONS.length)],
    humidity: 20 + draw(`${seed} humidity`, 75),
    wind: { speed: draw(`${seed} wind`, 25), unit: "mph" as const },
    observedAt: now.toISOString(),
  };
}

/** The coming days of a zip code, tomorrow first. */
export function forecast(zipcode: string, days: number, now: Date) {
  return {
    zipcode,
    city: cityOf(zipcode),
    days: Array.from({ length: days }, (_, index) => {
      const date = dayOf(new Date(now.getTime() + (index + 1) * 86_400_000));
      const low = 30 + draw(`${zipcode} ${date} low`, 45);
      return {
        date,
        low: fahrenheit(low),
        high: fahrenheit(low + 5 + draw(`${zipcode} ${date} span`, 20)),
        conditions: CONDITIONS[draw(`${zipcode} ${date} conditions`, CONDITIONS.length)],
      };
    }),
  };
}
