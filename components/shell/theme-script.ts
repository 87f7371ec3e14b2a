/** Where the choice of theme is kept in the browser; absent means "as the system". */
export const THEME_KEY = "portico-theme";

/**
 * Runs in <head> before the first paint, so that a chosen theme never flashes the other one. A constant without
 * input: a content security policy can name it by its hash.
 */
export const themeScript = `try{var t=localStorage.getItem("${THEME_KEY}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;
