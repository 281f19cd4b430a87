// Before the first paint: the language and the appearance that the reader chose last time.
(function () {
  var root = document.documentElement;
  var stored = function (key) {
    try { return localStorage.getItem("holdfast-report-" + key); } catch (error) { return null; }
  };
  root.classList.add("js");
  root.dataset.lang = stored("lang") === "en" ? "en" : "zh";
  root.lang = root.dataset.lang === "en" ? "en" : "zh-CN";
  var theme = stored("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
