# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The doctor finishes its round whatever it finds, since errors send people to it."""

from pathlib import Path

from conftest import CHARTER

from wazi import ingest
from wazi.config import Settings
from wazi.desk import open_desk
from wazi.doctor import examine


def test_a_damaged_store_is_one_check_among_others(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "charter.md").write_text(CHARTER)
    with open_desk(settings) as desk:
        list(ingest.ingest([str(tmp_path / "charter.md")], desk))
    for manifest in (settings.home / "store").rglob("*.manifest"):
        manifest.write_bytes(b"garbage")
    checks = {check["name"]: check for check in examine(settings)}
    assert checks["store"]["state"] == "missing"
    assert "restore" in checks["store"]["next"]
    assert {"python", "rights", "energy"} <= set(checks)


def test_what_reads_scans_is_named_or_how_to_get_it(settings: Settings) -> None:
    check = next(check for check in examine(settings) if check["name"] == "ocr")
    assert check["detail"].startswith("scans")
    assert check["state"] == "ok" or "tesseract-ocr-osd" in check["next"]


def test_documents_that_show_personal_data_are_named_where_they_should_be_masked(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "charter.md").write_text(CHARTER)
    (tmp_path / "notice.md").write_text(
        "# Notice\n\nMrs Amina Barasa answers at amina.barasa@mlimani.example or +254 700 555 019.\n"
    )
    with open_desk(settings) as desk:
        list(ingest.ingest([str(tmp_path)], desk))
    assert not [check for check in examine(settings) if check["name"] == "personal data"], "nobody asked for masks"
    masking = settings.model_copy(update={"guard": settings.guard.model_copy(update={"personal_data": "mask"})})
    found = next(check for check in examine(masking) if check["name"] == "personal data")
    assert found["state"] == "insecure"
    assert "notice.md" in found["detail"]
    assert "charter.md" not in found["detail"]
    with open_desk(masking) as desk:
        list(ingest.ingest([str(tmp_path)], desk))
    found = next(check for check in examine(masking) if check["name"] == "personal data")
    assert found["state"] == "ok"
