export default function Home() {
  return <h1>Portico</h1>;
}
