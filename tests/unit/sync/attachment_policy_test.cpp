#include "sync/attachment_policy.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;
using namespace crmsync::sync;

namespace {

AttachmentHead file(std::string name, std::int64_t size = 1'000)
{
    AttachmentHead head;
    head.name = std::move(name);
    head.size = size;
    return head;
}

} // namespace

TEST_CASE("the ending of a file name is what the reader's machine would see")
{
    struct Row {
        const char* name;
        const char* type;
    };
    const Row rows[] = {
        {"Offer.pdf", "pdf"},
        {"a.PDF", "pdf"},
        {"archive.tar.gz", "gz"},
        {"evil.exe .", "exe"},
        {"evil.exe...", "exe"},
        {"evil.exe  ", "exe"},
        {"no ending", ""},
        {"", ""},
        {"...", ""},
        {".profile", "profile"},
        {"a.b c", "b c"},
        {"Ünïcode.ÄXE", "äxe"},
        {"e.js\u200B", "js"},   // a space without width behind it
        {"fdp.\u202Ejs", "js"}, // written backwards from there
        {"a.e\u00ADxe\uFEFF.", "exe"},
        {"a.exe\t", "exe"},
        {"a.exe\u00A0", "exe"}, // blanks of any script
        {"a.exe\u3000.", "exe"},
        {"a.exe\u0085", "exe"},
        {"a.exe\"", "exe"},
        {"a.exe';", "exe"},
        {"a.exe/", "exe"},
        {"a.exe\\ .", "exe"},
        {"a.EXE\u202E", "exe"},
        {"a.exe::$DATA", "exe"}, // the unnamed stream of a file is the file
        {"a.txt:b.exe", "exe"},
        {"Re: Offer", ""},
        {"a.txt\xff", "txt\xEF\xBF\xBD"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(file_type(row.name) == row.type);
    }
}

TEST_CASE("a content type that stands for a blocked ending blocks, and allows nothing")
{
    Settings::Attachments defaults;
    Settings::Attachments listed;
    listed.allowed_types = {"txt"};
    struct Row {
        const char* name;
        const char* content_type;
        const Settings::Attachments& policy;
        const char* reason;
    };
    const Row rows[] = {
        {"offer.pdf", "application/x-msdownload", defaults, "type"},
        {"offer", "Text/JavaScript; charset=utf-8", defaults, "type"},
        {"offer.pdf", "application/x-sh", defaults, ""}, // sh is not blocked
        {"tool.exe", "application/pdf", defaults, "type"},
        {"offer.pdf", "", defaults, ""},
        {"offer.bin", "text/plain", listed, "type"},
        {"offer.txt", "application/octet-stream", listed, ""},
    };
    for (const Row& row : rows) {
        INFO(row.name << " as " << row.content_type);
        AttachmentHead head = file(row.name);
        head.content_type = row.content_type;
        CHECK(skip_reason(head, row.policy) == row.reason);
    }
}

TEST_CASE("a scanner's note about what it took away is no file of the sender's")
{
    const Settings::Attachments defaults;
    CHECK(skip_reason(file("Malware Alert Text.txt"), defaults) == "malware");
    CHECK(skip_reason(file("Unsafe Attachments Blocked.eml"), defaults) == "malware");
    CHECK(skip_reason(file("About Malware Alert Text.txt"), defaults) == "");
}

TEST_CASE("what policy lets through, and why not")
{
    Settings::Attachments defaults;
    Settings::Attachments listed;
    listed.allowed_types = {"pdf", ".DOCX", "exe"};
    listed.blocked_types = {"exe", "js"};
    struct Row {
        const char* situation;
        const char* name;
        std::int64_t size;
        const Settings::Attachments& policy;
        const char* reason;
    };
    const Row rows[] = {
        {"an ordinary file", "Offer.pdf", 1'000, defaults, ""},
        {"a file without an ending", "README", 1'000, defaults, ""},
        {"a blocked type", "tool.exe", 1'000, defaults, "type"},
        {"a blocked type in other case", "Tool.EXE", 1'000, defaults, "type"},
        {"a blocked type behind a dot and a blank", "evil.exe .", 1'000, defaults, "type"},
        {"as large as allowed", "a.pdf", 5'242'880, defaults, ""},
        {"told to be larger by what storing adds", "a.pdf", 5'242'880 + 65'536, defaults, ""},
        {"too large whatever storing adds", "a.pdf", 5'242'881 + 65'536, defaults, "size"},
        {"blocked and too large: the type is the reason", "a.js", 9'000'000, defaults, "type"},
        {"an allowed type", "a.pdf", 1'000, listed, ""},
        {"an allowed type, listed with dot and in capitals", "a.docx", 1'000, listed, ""},
        {"not an allowed type", "a.zip", 1'000, listed, "type"},
        {"no ending where types are listed", "README", 1'000, listed, "type"},
        {"allowed and blocked is blocked", "a.exe", 1'000, listed, "type"},
    };
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(skip_reason(file(row.name, row.size), row.policy) == row.reason);
    }
}

TEST_CASE("pictures in the text, attached items and links to clouds are never fetched")
{
    Settings::Attachments everything;
    everything.blocked_types.clear();
    AttachmentHead picture = file("logo.png");
    picture.is_inline = true;
    CHECK(skip_reason(picture, everything) == "inline");
    AttachmentHead item = file("Re: Offer");
    item.kind = AttachmentKind::item;
    CHECK(skip_reason(item, everything) == "item");
    AttachmentHead link = file("Offer.pdf");
    link.kind = AttachmentKind::reference;
    CHECK(skip_reason(link, everything) == "reference");
}
