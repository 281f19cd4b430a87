// Before the first paint: the language and the appearance that the reader chose last time; else, the first
// language of the browser that the page speaks, and English where it speaks none of them.
(function () {
  var root = document.documentElement;
  var stored = function (key) {
    try { return localStorage.getItem("holdfast-report-" + key); } catch (error) { return null; }
  };
  var preferred = function () {
    var asked = navigator.languages && navigator.languages.length ? navigator.languages : [navigator.language];
    for (var at = 0; at < asked.length; at++) {
      var tongue = String(asked[at] || "zh").toLowerCase().split("-")[0];
      if (tongue === "zh" || tongue === "en") return tongue;
    }
    return "en";
  };
  var chosen = stored("lang");
  root.classList.add("js");
  root.dataset.lang = chosen === "en" || chosen === "zh" ? chosen : preferred();
  root.lang = root.dataset.lang === "en" ? "en" : "zh-CN";
  var theme = stored("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
