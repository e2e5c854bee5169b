#include "sync/shown_answer.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("an item says only its answer where nothing of ours beside it asks for more")
{
    struct Row {
        const char* situation;
        std::vector<std::string> categories;
        bool only;
    };
    const Row rows[] = {
        {"the answer and its label", {"CRM Tracked", "CRM: Fabrikam"}, true},
        {"other people's beside it", {"Blue", "crm tracked"}, true},
        {"a wish that came meanwhile", {"CRM Tracked", "CRM Track"}, false},
        {"a label that was set meanwhile", {"CRM Tracked", "CRM: Blue Yonder"}, false},
        {"a second state", {"CRM Tracked", "CRM Failed"}, false},
        {"an end of its thread that was set meanwhile", {"CRM Tracked", "CRM Stop"}, false},
        {"the answer is not there", {"CRM: Fabrikam"}, false},
    };
    DesiredCategories answer;
    answer.state = StateCategory::tracked;
    answer.regarding = "CRM: Fabrikam";
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(sync::says_only(answer, row.categories, contoso_policy()) == row.only);
    }
    answer.state = StateCategory::review;
    CHECK_FALSE(sync::says_only(answer, {"CRM Review"}, contoso_policy()));
}
