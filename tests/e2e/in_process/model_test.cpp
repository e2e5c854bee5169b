#include "e2e/in_process/letters.hpp"
#include "e2e/in_process/programs.hpp"
#include "e2e/in_process/projection.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <set>

using namespace crmsync;
using namespace crmsync::test;

namespace {

enum class Edit {
    tag,
    untag,
    add_own,
    remove_own,
    move,
    copy,
    erase,
    wait,
    nudge,
    conflict,
    crash
};
constexpr std::array edit_names = {"tag",   "untag", "add own", "remove own", "move", "copy",
                                   "erase", "wait",  "nudge",   "conflict",   "crash"};
static_assert(edit_names.size() == static_cast<std::size_t>(Edit::crash) + 1);

struct Step {
    Edit edit;
    int item; ///< which one, modulo those that are there
    int own;  ///< which of the user's own categories
};

std::ostream& operator<<(std::ostream& out, const Step& step)
{
    return out << edit_names.at(static_cast<std::size_t>(step.edit)) << ' ' << step.item << ' '
               << step.own;
}

/// What a user would say of an item of theirs.
struct Expected {
    sim::ItemRef item;
    std::set<std::string> own;
    bool tagged = false; ///< the last thing they did about tracking
};

const std::vector<std::string> own_names{"Red", "Green", "Urgent"};

bool is_ours(const std::string& name) { return name.starts_with("CRM"); }

/// A mailbox, its user and what that user believes to be in it.
class Play {
public:
    Play()
    {
        stage.privacy().races_expected = true; // a nudge stops between a decision and its request
        stage.mailbox(kim);
        for (int n = 0; n < 3; ++n) {
            Expected one;
            one.item = stage.script().put(
                kim, "inbox", Letter("M" + std::to_string(n)).id("m" + std::to_string(n)));
            items.push_back(one);
        }
        stage.start();
        stage.settle();
    }

    void perform(const Step& step)
    {
        sim::Script& script = stage.script();
        if (step.edit == Edit::wait) {
            stage.settle();
        } else if (step.edit == Edit::nudge) {
            // Stops in the middle of whatever is under way.
            stage.until([n = step.item]() mutable { return n-- <= 0; }, std::chrono::minutes(2),
                        true);
        } else if (step.edit == Edit::conflict) {
            stage.graph().switches.conflict_next = 1;
        } else if (step.edit == Edit::crash) {
            stage.crash();
            stage.start();
        } else if (!items.empty()) {
            Expected& one = items[static_cast<std::size_t>(step.item) % items.size()];
            const std::string& own =
                own_names[static_cast<std::size_t>(step.own) % own_names.size()];
            edit(script, step.edit, one, own);
        }
    }

    void edit(sim::Script& script, Edit what, Expected& one, const std::string& own)
    {
        const std::string id = one.item.id;
        if (what == Edit::tag) {
            script.tag(kim, id, "CRM Track");
            one.tagged = true;
        } else if (what == Edit::untag) {
            auto categories = stage.categories(one.item);
            std::erase_if(categories, is_ours);
            script.set_categories(kim, id, categories);
            one.tagged = false;
        } else if (what == Edit::add_own) {
            script.tag(kim, id, own);
            one.own.insert(own);
        } else if (what == Edit::remove_own) {
            script.untag(kim, id, own);
            one.own.erase(own);
        } else if (what == Edit::move) {
            const bool here = script.item(kim, id).folder == script.folder(kim, "inbox").serial;
            script.move(kim, id, here ? "archive" : "inbox");
        } else if (what == Edit::copy) {
            // Its own item from now on, of the same message; it looks as the original did just now.
            Expected copied = one;
            copied.item = script.copy(kim, id, "archive");
            items.push_back(std::move(copied));
            stage.settle();
        } else if (what == Edit::erase) {
            script.remove(kim, id, true);
            items.erase(std::find_if(items.begin(), items.end(),
                                     [&](const Expected& e) { return e.item.id == id; }));
        }
    }

    void check()
    {
        stage.run_for(std::chrono::minutes(8));
        const std::string left = projection(stage);
        for (const Expected& one : items) {
            std::set<std::string> own, ours;
            for (const std::string& name : stage.categories(one.item))
                (is_ours(name) ? ours : own).insert(name);
            RC_LOG(left);
            RC_ASSERT(own == one.own);
            const bool linked = stage.number("SELECT count(*) FROM sync.link WHERE item_id = '" +
                                             one.item.id + "'") > 0;
            RC_ASSERT(linked == one.tagged);
            RC_ASSERT(ours == (one.tagged ? std::set<std::string>{"CRM Tracked"}
                                          : std::set<std::string>{}));
        }
        RC_ASSERT(stage.number("SELECT count(*) FROM store.activity") ==
                  stage.number("SELECT count(DISTINCT message_id) FROM store.activity"));
        RC_ASSERT(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
        RC_ASSERT(stage.privacy().breaches().empty());
    }

    Stage stage;
    std::vector<Expected> items;
};

rc::Gen<Step> any_step()
{
    return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, static_cast<int>(edit_names.size())),
                                       rc::gen::inRange(0, 40), rc::gen::inRange(0, 3)),
                        [](const std::tuple<int, int, int>& chosen) {
                            return Step{static_cast<Edit>(std::get<0>(chosen)), std::get<1>(chosen),
                                        std::get<2>(chosen)};
                        });
}

} // namespace

TEST_CASE("a user's own categories survive every interleaving, and the last wish counts")
{
    choose_programs(30, 12, 300);
    CHECK(rc::check("an item ends as its user left it", [] {
        const auto program = *rc::gen::container<std::vector<Step>>(any_step());
        Play play;
        for (const Step& step : program)
            play.perform(step);
        play.check();
    }));
}
