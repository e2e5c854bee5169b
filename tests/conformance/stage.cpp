#include "conformance/stage.hpp"

#include <catch2/catch.hpp>

namespace crmsync::test {

bool Reader::round()
{
    removed_.clear();
    rows_ = 0;
    for (int i = 0; i < 1'000; ++i) {
        auto answers = stage_.go(stage_.connector().changes_since({{folder_, cursor_}}));
        REQUIRE(answers.size() == 1);
        if (std::holds_alternative<CursorExpired>(answers[0])) {
            cursor_ = Cursor();
            return false;
        }
        Page& page = std::get<Page>(answers[0]);
        REQUIRE_FALSE(page.next.value.empty());
        cursor_ = page.next;
        rows_ += page.changes.size();
        for (Change& change : page.changes) {
            REQUIRE(change.key.mailbox == Stage::mailbox);
            const std::string& id = change.key.id;
            if (change.removed()) {
                removed_.push_back(id);
                items_.erase(id);
            } else if (const auto known = items_.find(id); known != items_.end()) {
                known->second = merged(std::move(*change.item), known->second);
            } else {
                items_.emplace(id, std::move(*change.item));
            }
        }
        if (page.last)
            return true;
    }
    FAIL("the round does not come to an end");
    return false;
}

} // namespace crmsync::test
