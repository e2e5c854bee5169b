#include "match/categories.hpp"
#include "match/gate.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <sstream>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// An item that nobody has linked yet, with what is known of it, and where it lies.
struct Situation {
    Item item;
    KnownItem known;
    match::Circumstances where;
};

Names some_names()
{
    const int most = *rc::gen::inRange(0, 5);
    return *rc::gen::unique<Names>(
        static_cast<std::size_t>(most),
        rc::gen::element<std::string>("CRM Track", "CRM Tracked", "crm review", "CRM Refused",
                                      "CRM Failed", "CRM: Fabrikam", "CRM: Nowhere", "CRM: F",
                                      "Blue", "Holiday"));
}

Candidates crm_of_all()
{
    return customers()
        .label_by_name("fabrikam", {2})
        .label_by_prefix("f", {2, 21})
        .stored("stored@x.example", 2)
        .stored("parent@x.example", 1)
        .had_external()
        .stored("removed@x.example", 2)
        .removed();
}

Item some_item()
{
    auto builder =
        message()
            .from(*rc::gen::element<std::string>("ann@adventure.example", "lee@contoso.example",
                                                 "kim@contoso.example", "zoe@stranger.example",
                                                 "noreply@shop.example"))
            .categories(some_names())
            .message_id(*rc::gen::element<std::string>("own@x.example", "stored@x.example",
                                                       "removed@x.example"))
            .at(monday(*rc::gen::inRange(-3 * 24 * 60, 8)));
    if (*rc::gen::arbitrary<bool>())
        builder.cc("bo@fabrikam.example");
    if (*rc::gen::arbitrary<bool>())
        builder.in_reply_to("parent@x.example");
    if (*rc::gen::inRange(0, 4) == 0)
        builder.sensitivity(Sensitivity::private_);
    switch (*rc::gen::inRange(0, 4)) {
    case 0:
        builder.headers_unread();
        break;
    case 1:
        builder.keywords(some_names());
        break;
    case 2:
        builder.automatic("Precedence");
        break;
    default:
        break;
    }
    return builder;
}

Situation some_situation()
{
    Situation s;
    s.item = some_item();
    if (*rc::gen::arbitrary<bool>())
        s.known.outcome =
            *rc::gen::element<std::string>("ignored", "refused", "untracked", "failed");
    s.known.pinned = s.known.outcome == "untracked" || *rc::gen::inRange(0, 5) == 0;
    const Mode mode = *rc::gen::element(Mode::manual, Mode::replies, Mode::contacts, Mode::all);
    s.where = *rc::gen::element(0, 1, 2) == 0 ? first_pass(mode)
              : *rc::gen::arbitrary<bool>()   ? later(mode)
                                              : here(mode);
    return s;
}

/// Most of them are tracked, by whatever asks for it.
Situation some_tracked_by_rules()
{
    Situation s = some_situation();
    s.item.sensitivity = Sensitivity::normal;
    s.known.pinned = false;
    s.where = later(Mode::all);
    return s;
}

/// What is known of its labels when it is read the next time.
void read_again(KnownItem& known, std::vector<std::string> labels)
{
    known.label_hmacs.resize(labels.size());
    known.labels_read = std::move(labels);
}

/// What the store knows once a decision is committed and before its answer is written.
KnownItem committed(const Decision& decision, KnownItem known, const Item& item)
{
    // As long as the item says the last answer, that stays the reason.
    const auto own = match::own_categories(*item.categories, contoso_policy());
    const bool stands =
        decision.outcome == Outcome::ignored && !decision.withdrawn &&
        ((own.refused && known.outcome == "refused") || (own.failed && known.outcome == "failed"));
    known.orphan = decision.orphan_category || (known.orphan && stands);
    if (!stands)
        known.outcome = std::string(to_string(decision.outcome));
    if (decision.writes_answer) {
        known.owed = decision.answer.state;
        known.owed_take_off = decision.answer.take_off;
        known.carried = *item.categories;
    }
    if (decision.labels_read)
        read_again(known, *decision.labels_read);
    if (decision.outcome == Outcome::tracked) {
        KnownItem::Link link;
        link.activity = activity_id(1);
        link.tracked_by = decision.by_person ? "user" : "rule";
        link.regarding = decision.regarding;
        link.regarding_category = decision.answer.regarding;
        if (!decision.writes_answer)
            link.category_seen = decision.answer.state;
        known.link = link;
        known.pinned = false;
    }
    return known;
}

/// And once the answer is written as well.
void write_answer(Situation& s, const Decision& decision)
{
    if (!decision.writes_answer)
        return;
    s.item.categories = match::apply(decision.answer, *s.item.categories, contoso_policy());
    s.known.owed.reset();
    s.known.owed_take_off.clear();
    s.known.carried.reset();
    if (s.known.link)
        s.known.link->category_seen = decision.answer.state;
}

Decision decide_it(const Situation& s) { return decide(s.item, s.known, crm_of_all(), s.where); }

std::string shown(const Situation& s, const Decision& decision)
{
    std::ostringstream text;
    text << in_words(decision) << "; note " << decision.note << "; categories";
    for (const std::string& name : *s.item.categories)
        text << " [" << name << "]";
    text << "; outcome " << s.known.outcome.value_or("none") << (s.known.pinned ? " pinned" : "")
         << (s.known.link ? " linked" : "") << (s.where.first_pass ? " first pass" : "")
         << "; mode " << to_string(s.where.mode) << "; id " << *s.item.thread.message_id;
    return text.str();
}

/// Nothing that a pass would have to do.
bool is_quiet(const Decision& decision)
{
    return !decision.writes_answer && !decision.stage_untrack && !decision.withdrawn &&
           !decision.regarding_cleared && !decision.needs_header_look;
}

} // namespace

TEST_CASE("whatever is decided, its echo is quiet, before and after the answer is written")
{
    CHECK(rc::check("echo", [] {
        Situation s = some_situation();
        const auto own = match::own_categories(*s.item.categories, contoso_policy());
        // Of what is not tracked nobody remembers whether a label is new, once a state is taken
        // off.
        RC_PRE(own.labels.empty() || !own.answered());
        // Several states at once are cut down step by step, each by what is remembered.
        RC_PRE(own.tracked + own.review + own.refused + own.failed <= 1);
        const Decision first = decide_it(s);
        RC_PRE(!first.needs_header_look);
        RC_LOG() << shown(s, first);
        s.known = committed(first, s.known, s.item);

        const Decision pending = decide_it(s);
        RC_LOG() << "\npending: " << shown(s, pending);
        if (first.writes_answer || first.outcome == Outcome::tracked)
            RC_ASSERT(is_quiet(pending));
        RC_ASSERT(pending.outcome == first.outcome || !first.writes_answer);

        write_answer(s, first);
        const Decision echo = decide_it(s);
        RC_LOG() << "\necho: " << shown(s, echo);
        if (first.writes_answer || first.outcome == Outcome::tracked)
            RC_ASSERT(is_quiet(echo));
        if (first.outcome == Outcome::tracked)
            RC_ASSERT(echo.outcome == Outcome::tracked);
        else
            RC_ASSERT(echo.outcome != Outcome::tracked || !first.writes_answer);
    }));
}

TEST_CASE("whatever is decided, an answer leaves one state and a rule never passes a closed gate")
{
    CHECK(rc::check("answer", [] {
        const Situation s = some_situation();
        const Decision decision = decide_it(s);
        RC_LOG() << shown(s, decision);
        RC_ASSERT(!decision.stage_untrack && !decision.withdrawn && !decision.regarding_cleared);
        if (decision.needs_header_look)
            RC_ASSERT(decision.outcome == Outcome::ignored && !decision.writes_answer);
        if (decision.outcome == Outcome::tracked) {
            RC_ASSERT(decision.answer.state == StateCategory::tracked ||
                      decision.answer.state == StateCategory::review);
            const auto asker = decision.by_person || decision.rule == Rule::identity
                                   ? match::Asker::person
                                   : match::Asker::rule;
            RC_ASSERT(!match::gate(s.item, asker, crm_of_all(), contoso_policy(), s.where));
            RC_ASSERT(!s.known.pinned || decision.by_person);
        }
        if (decision.outcome == Outcome::refused && decision.writes_answer) {
            RC_ASSERT(decision.answer.state != StateCategory::tracked);
            RC_ASSERT(decision.answer.state != StateCategory::review);
            RC_ASSERT(decision.answer.state == StateCategory::refused || !decision.by_person);
        }
    }));
}

TEST_CASE("taking our category off any tracked item stages an untrack and nothing else")
{
    CHECK(rc::check("untrack", [] {
        Situation s = some_situation();
        (*s.item.categories).push_back("CRM Track");
        s.item.sensitivity = Sensitivity::normal;
        if (!s.where.first_pass)
            s.known.outcome = "ignored";
        const Decision first = decide_it(s);
        RC_PRE(first.outcome == Outcome::tracked);
        s.known = committed(first, s.known, s.item);
        write_answer(s, first);
        s.item.categories = match::apply({}, *s.item.categories, contoso_policy());
        const Decision after = decide_it(s);
        RC_LOG() << shown(s, after);
        RC_ASSERT(after.stage_untrack);
        RC_ASSERT(!after.writes_answer && !after.regarding_cleared);
        RC_ASSERT(after.outcome == Outcome::tracked);
    }));
}

TEST_CASE("what our own take-off leaves on a colleague's copy asks for nothing")
{
    CHECK(rc::check("take-off", [] {
        Situation s = some_tracked_by_rules();
        Decision decision = decide_it(s);
        RC_PRE(decision.outcome == Outcome::tracked);
        s.known = committed(decision, s.known, s.item);
        write_answer(s, decision);
        // A label more, which may be understood or not, and is answered.
        (*s.item.categories)
            .push_back(*rc::gen::element<std::string>("CRM: Fabrikam", "CRM: Nowhere"));
        decision = decide_it(s);
        s.known.link->regarding_category = decision.answer.regarding;
        read_again(s.known, decision.labels_read.value());
        write_answer(s, decision);

        s.known.link->activity_deleted = true;
        s.known.owed = StateCategory::none;
        s.known.carried.reset();
        RC_LOG() << shown(s, decision);
        const Decision pending = decide_it(s);
        RC_LOG() << "\npending: " << shown(s, pending);
        RC_ASSERT(pending.outcome == Outcome::untracked && is_quiet(pending));

        s.item.categories = match::apply({}, *s.item.categories, contoso_policy());
        s.known.owed.reset();
        s.known.link->category_seen = StateCategory::none;
        const Decision echo = decide_it(s);
        RC_LOG() << "\necho: " << shown(s, echo);
        RC_ASSERT(echo.outcome == Outcome::untracked && is_quiet(echo));

        // And once the copy is purged, however often it is looked at.
        s.known.link.reset();
        s.known.carried.reset();
        s.known.outcome = "ignored";
        s.item.thread.message_id = std::string("own@x.example");
        s.where.mode = Mode::manual;
        const Decision purged = decide_it(s);
        RC_LOG() << "\npurged: " << shown(s, purged);
        RC_ASSERT(purged.outcome == Outcome::ignored && is_quiet(purged));

        (*s.item.categories).push_back("CRM: one that came since");
        RC_ASSERT(decide_it(s).rule == Rule::regarding_category);
    }));
}

TEST_CASE("a person's CRM Track never goes without an answer to that person")
{
    CHECK(rc::check("tag", [] {
        Situation s = some_tracked_by_rules();
        std::erase_if(*s.item.categories, [](const std::string& name) {
            return contoso_policy().state_of(name) == StateCategory::track;
        });
        const Decision first = decide_it(s);
        RC_PRE(first.outcome == Outcome::tracked);
        s.known = committed(first, s.known, s.item);
        const bool written = *rc::gen::arbitrary<bool>();
        if (written)
            write_answer(s, first);
        const bool buried = *rc::gen::arbitrary<bool>();
        if (buried) {
            s.known.link->activity_deleted = true;
            s.known.owed = StateCategory::none;
        }
        (*s.item.categories).push_back("CRM Track");
        const Decision decision = decide_it(s);
        RC_LOG() << shown(s, first) << "\ntagged: " << shown(s, decision);
        RC_ASSERT(decision.outcome == Outcome::tracked);
        const bool owned = s.known.link->tracked_by == "user" && !buried;
        RC_ASSERT(decision.rule == Rule::hand_tag || owned);
        RC_ASSERT(decision.writes_answer || s.known.owed);
    }));
}
