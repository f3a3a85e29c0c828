import { defineConfig } from "vite";

/** Where `npm run dev` finds the API; the built page is served by the API itself. */
const api = process.env["API_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    outDir: "../Analytics.Api/wwwroot",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first with light-dark()
    chunkSizeWarningLimit: 350,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": api, "/config.json": api, "/events": api },
  },
});
