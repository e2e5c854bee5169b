#include "sync/scanner_placeholder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace crmsync;
using namespace crmsync::sync;

namespace {

bool is_placeholder_called(std::string name, AttachmentKind kind = AttachmentKind::file)
{
    AttachmentHead head;
    head.name = std::move(name);
    head.kind = kind;
    return is_placeholder(head);
}

} // namespace

TEST_CASE("a scanner's placeholder is known by its name, file or item")
{
    for (const char* name :
         {"ATP Scan In Progress", "ATP Scan in Progress.eml", "Safe Attachments Scan In Progress",
          "safe attachments scan in progress", " Safe Attachments Scan In Progress.msg ",
          "ATP Scan In Progress\u200B.eml"}) {
        INFO(name);
        CHECK(is_placeholder_called(name));
        CHECK(is_placeholder_called(name, AttachmentKind::item));
    }
    for (const char* name : {"", "ATP Scan In Progress.pdf", "On ATP Scan In Progress", "offer.pdf",
                             "Safe Attachments Scan", ".eml"}) {
        INFO(name);
        CHECK_FALSE(is_placeholder_called(name));
    }
}

TEST_CASE("a placeholder is looked at soon, then less and less often, for a day")
{
    const Timestamp since = *parse_timestamp("2026-03-02T09:00:00Z");
    std::vector<int> minutes;
    Timestamp now = since;
    while (const auto next = next_look(since, now)) {
        REQUIRE(*next > now);
        now = *next;
        minutes.push_back(static_cast<int>(
            std::chrono::duration_cast<std::chrono::minutes>(now - since).count()));
    }
    CHECK(minutes == std::vector<int>{2, 4, 8, 16, 32, 64, 128, 256, 496, 736, 976, 1216, 1440});
    CHECK_FALSE(next_look(since, since + std::chrono::hours(24)));
    CHECK_FALSE(next_look(since, since + std::chrono::hours(99)));
    CHECK(next_look(since, since - std::chrono::hours(1)) ==
          since - std::chrono::hours(1) + std::chrono::minutes(2)); // a clock that was set back
}
