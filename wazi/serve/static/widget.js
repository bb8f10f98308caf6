// SPDX-FileCopyrightText: 2026 The wazi authors
// SPDX-License-Identifier: Apache-2.0
// Puts the question form of this server into another site: <script src="https://answers.example/static/widget.js" data-lang="sw"></script>
// data-lang: language (else that of the page); data-title: name of the frame for screen readers; data-height: a CSS length.
(function () {
  "use strict";
  var script = document.currentScript;
  var address = new URL("../widget", script.src);
  var language = script.dataset.lang || document.documentElement.lang;
  if (language) address.searchParams.set("lang", language);
  var frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Ask the documents";
  frame.loading = "lazy";
  frame.referrerPolicy = "no-referrer";
  frame.setAttribute("sandbox", "allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.style.width = "100%";
  frame.style.height = script.dataset.height || "34rem";
  frame.style.border = "1px solid #6b7680";
  script.after(frame);
})();
