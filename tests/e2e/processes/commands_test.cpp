#include "e2e/processes/command_lines.hpp"
#include "e2e/processes/stage.hpp"
#include "programs.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>

using namespace crmsync::test;

namespace {

/// What a terminal obeys, or what turns the text around it: of C0 all but the end of a line, DEL,
/// C1, and the marks of direction.
bool has_commands(const std::string& text)
{
    static const std::vector<std::string> marks = {"\u061C", "\u200E", "\u200F", "\u2028", "\u2029",
                                                   "\u202A", "\u202B", "\u202C", "\u202D", "\u202E",
                                                   "\u2066", "\u2067", "\u2068", "\u2069"};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
        if ((c < 0x20 && c != '\n') || c == 0x7F || (c == 0xC2 && next < 0xA0))
            return true;
    }
    return std::any_of(marks.begin(), marks.end(), [&](const std::string& mark) {
        return text.find(mark) != std::string::npos;
    });
}

} // namespace

TEST_CASE("every command has a help text with an example")
{
    Stage stage(TempDatabase::Schema::empty);
    const std::vector<std::vector<std::string>> commands = {{"serve"},
                                                            {"migrate"},
                                                            {"check"},
                                                            {"mailbox"},
                                                            {"record"},
                                                            {"activity"},
                                                            {"explain"},
                                                            {"held"},
                                                            {"held", "list"},
                                                            {"held", "confirm"},
                                                            {"held", "reject"},
                                                            {"log"},
                                                            {"mailbox", "add"},
                                                            {"mailbox", "list"},
                                                            {"mailbox", "show"},
                                                            {"mailbox", "enable"},
                                                            {"mailbox", "test"},
                                                            {"mailbox", "sync"},
                                                            {"mailbox", "disable"},
                                                            {"record", "find"},
                                                            {"record", "import"},
                                                            {"mailbox", "resync"},
                                                            {"activity", "show"},
                                                            {"mailbox", "remove"},
                                                            {"mailbox", "set"},
                                                            {"record", "close"}};
    for (std::vector<std::string> command : commands) {
        const std::string spelt = joined(command);
        CAPTURE(spelt);
        command.emplace_back("--help");
        const Outcome help = stage.crmsync(command);
        CHECK(help.code == 0);
        CHECK(help.err.empty());
        CHECK_THAT(help.out, Catch::Contains("Example: crmsync"));
        // What a value is, not that it is text.
        CHECK_FALSE(std::regex_search(help.out, std::regex("[A-Za-z] TEXT")));
    }
    const Outcome all = stage.crmsync({"--help"});
    CHECK(all.code == 0);
    for (const char* name :
         {"serve", "migrate", "check", "mailbox", "record", "activity", "explain", "log"})
        CHECK_THAT(all.out, Catch::Contains(name));
    CHECK_THAT(all.out, Catch::Contains("Exit codes: 0 fine, 1 it failed, 2 "));
    const Outcome version = stage.crmsync({"--version"});
    CHECK(version.code == 0);
    CHECK_THAT(version.out, Catch::StartsWith("crmsync "));
}

TEST_CASE("a command that is used wrongly ends with 2 and one line")
{
    Stage stage;
    const std::vector<std::vector<std::string>> uses = {
        {},
        {"serf"},
        {"serve", "now"},
        {"mailbox"},
        {"mailbox", "show"},
        {"mailbox", "list", "--jason"},
        {"held"},
        {"held", "confirm"},
        {"mailbox", "show", "nobody"},
        {"mailbox", "add", "ann@contoso.example"},
        {"mailbox", "add", "ann@contoso.example", "--provider", "fabrikam"},
        {"mailbox", "add", "no address", "--provider", "contoso"},
        {"mailbox", "add", "ann@contoso.example", "--provider", "contoso", "--mode", "some"},
        {"mailbox", "add", "ann@contoso.example", "--provider", "contoso", "--kind", "some"},
        {"mailbox", "add", "ann@contoso.example", "--provider", "contoso", "--kind", "shared"},
        {"mailbox", "add", "ann@contoso.example", "--provider", "contoso", "--team", "T1"},
        {"mailbox", "set", "ann@contoso.example", "mode"},
        {"mailbox", "set", "ann@contoso.example", "mode", "some"},
        {"mailbox", "set", "ann@contoso.example", "colour", "red"},
        {"record", "import", "--type", "planet", "planets.csv"},
        {"record", "import", "--type", "account", "/nowhere/accounts.csv"},
        {"activity", "show", "4711"},
        {"record", "import", "--type", "account", "/"},
        {"log", "--provider", "contoso"},
        {"log", "--since", "lately"}};
    for (const std::vector<std::string>& use : uses) {
        const std::string spelt = joined(use);
        CAPTURE(spelt);
        const Outcome outcome = stage.crmsync(use);
        CAPTURE(outcome.err);
        CHECK(outcome.code == 2);
        CHECK(outcome.out.empty());
        CHECK(is_one_line(outcome.err));
    }
}

TEST_CASE("what is not understood is named in the order in which it was typed")
{
    Stage stage;
    const Outcome outcome = stage.crmsync({"mailbx", "list"});
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find("not understood: mailbx list; crmsync --help") != std::string::npos);
}

TEST_CASE("a command that fails ends with 1 and one line that says what to do")
{
    Stage stage;
    struct Row {
        std::vector<std::string> command;
        const char* says;
    };
    const std::string nobody = "nobody@contoso.example";
    const std::vector<Row> rows = {
        {{"mailbox", "show", nobody}, "mailbox list"},
        {{"mailbox", "enable", nobody}, "mailbox list"},
        {{"mailbox", "disable", nobody}, "mailbox list"},
        {{"mailbox", "test", nobody}, "mailbox list"},
        {{"mailbox", "sync", nobody}, "mailbox list"},
        {{"mailbox", "resync", nobody}, "mailbox list"},
        {{"mailbox", "remove", nobody}, "mailbox list"},
        {{"held", "confirm", nobody}, "mailbox list"},
        {{"held", "reject", nobody}, "mailbox list"},
        {{"mailbox", "remove", nobody, "--clear-categories"}, "mailbox list"},
        {{"mailbox", "set", nobody, "mode", "manual"}, "mailbox list"},
        {{"log", "--mailbox", nobody}, "mailbox list"},
        {{"explain", nobody, "<1@mail.example>"}, "mailbox list"},
        {{"mailbox", "add", "ann@contoso.example", "--provider", "contoso", "--owner", nobody},
         "record import --type user"},
        {{"mailbox", "add", "ann@contoso.example", "--provider", "contoso", "--kind", "shared",
          "--team", "T1"},
         "record import --type team"},
        {{"record", "close", nobody}, "record find"},
        {{"activity", "show", "01900000-0000-7000-8000-000000000000"}, "no activity"}};
    for (const Row& row : rows) {
        const std::string spelt = joined(row.command);
        CAPTURE(spelt);
        const Outcome outcome = stage.crmsync(row.command);
        CHECK(outcome.code == 1);
        CHECK(outcome.out.empty());
        CHECK(is_one_line(outcome.err));
        CHECK_THAT(outcome.err, Catch::Contains(row.says));
    }
}

TEST_CASE("commands name the migration that a database lacks")
{
    Stage stage(TempDatabase::Schema::empty);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"serve"}, {"mailbox", "list"}, {"record", "find", "x"}}) {
        const Outcome outcome = stage.crmsync(command);
        CHECK(outcome.code == 1);
        CHECK(outcome.err.find("run: crmsync migrate") != std::string::npos);
    }
    const Outcome check = stage.crmsync({"check"});
    CHECK(check.code == 1);
    CHECK_THAT(check.out, Catch::Contains("run: crmsync migrate") &&
                              Catch::Contains("ok      provider contoso, token: issued"));
    const Outcome dry = stage.crmsync({"migrate", "--dry-run"});
    CHECK(dry.code == 0);
    CHECK_THAT(dry.out, Catch::StartsWith("would apply 0001 foundation"));
    const Outcome applied = stage.crmsync({"migrate"});
    CHECK(applied.code == 0);
    CHECK_THAT(applied.out, Catch::StartsWith("applied 0001 foundation"));
    const Outcome again = stage.crmsync({"migrate"});
    CHECK(again.code == 0);
    CHECK(again.out == "the database is up to date\n");
}

TEST_CASE("two migrations at once apply each step once")
{
    Stage stage(TempDatabase::Schema::empty);
    const std::unique_ptr<Child> one = stage.start({"migrate"});
    const std::unique_ptr<Child> other = stage.start({"migrate"});
    const Outcome first = one->wait();
    const Outcome second = other->wait();
    CAPTURE(first.err, second.err);
    CHECK(first.code == 0);
    CHECK(second.code == 0);
    const std::string both = first.out + second.out;
    CHECK(both.find("applied 0001") != std::string::npos);
    CHECK(both.find("applied 0001") == both.rfind("applied 0001"));
    CHECK(stage.crmsync({"mailbox", "list"}).code == 0);
}

TEST_CASE("the log shows all since a time, and says when it shows only the newest")
{
    Stage stage;
    stage.execute("INSERT INTO sync.event (at, level, name) SELECT now() - interval '3 hours' + n "
                  "* interval '1 second', 'info', 'event_' || n FROM generate_series(1, 501) AS n");
    const auto lines = [](const std::string& text) {
        return std::count(text.begin(), text.end(), '\n');
    };
    const Outcome newest = stage.crmsync({"log"});
    CHECK(newest.code == 0);
    CHECK(lines(newest.out) == 200);
    CHECK(is_one_line(newest.err));
    CHECK_THAT(newest.err, Catch::Contains("newest 200") && Catch::Contains("--since"));
    for (const char* since : {"7d", "2020-01-01", "2020-01-01T00:00:00Z"}) {
        const Outcome all = stage.crmsync({"log", "--since", since});
        CAPTURE(since);
        CHECK(all.code == 0);
        CHECK(all.err.empty());
        CHECK(lines(all.out) == 501);
        CHECK(all.out.find("event_1\n") < all.out.find("event_501\n"));
    }
}

TEST_CASE("check --deep counts what leads nowhere and ends with 1 then")
{
    Stage stage;
    stage.mailbox("ann@contoso.example");
    const Outcome good = stage.crmsync({"check", "--deep"});
    CAPTURE(good.out);
    CHECK(good.code == 0);
    CHECK_THAT(good.out, Catch::Contains("ok      references, link.activity_id -> activity"));
    stage.execute("INSERT INTO sync.folder (mailbox_id, folder_id) VALUES (4711, 'x')");
    const Outcome bad = stage.crmsync({"check", "--deep"});
    CHECK(bad.code == 1);
    CHECK_THAT(bad.out, Catch::Contains("failed  references, folder.mailbox_id -> mailbox: 1 ") &&
                            Catch::Contains("4711"));
    CHECK(stage.crmsync({"check"}).code == 0);
}

TEST_CASE("a message is explained by the Message-ID as its sender wrote it, in whatever case")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.mailbox(ann);
    stage.deliver(ann, {{"subject", "S"}, {"message_id", "<Offer.4711@Mail.Example>"}});
    for (const char* typed : {"<Offer.4711@Mail.Example>", "Offer.4711@Mail.Example"}) {
        const Outcome outcome = stage.crmsync({"explain", ann, typed});
        CAPTURE(outcome.err);
        CHECK(outcome.code == 0);
        CHECK_THAT(outcome.out, Catch::Contains("It is not tracked"));
    }
}

TEST_CASE("no stored value forges a line of what people read, or commands their terminal")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    const std::string id = "01900000-0000-7000-8000-000000000001";
    const std::string rest = "\u009B2J\u0085\x7F\t\u202Eabc\u2066\u2069\u200E\u200F\u061C\u2028";
    const std::string evil = "hello\r\nowner      boss@contoso.example" + rest;
    const std::string text = "'" + evil + "'";
    stage.mailbox(ann);
    stage.deliver(ann, {{"subject", "S"},
                        {"message_id", "<1@mail.example>"},
                        {"to", json::array{json::object{{"address", rest}}}}});
    stage.execute("UPDATE sync.mailbox SET last_failure = " + text);
    stage.execute("INSERT INTO sync.folder (mailbox_id, folder_id, name) "
                  "SELECT id, 'x', " +
                  text + " FROM sync.mailbox");
    stage.execute("INSERT INTO sync.event (level, name, detail) "
                  "VALUES ('info', 'event', jsonb_build_object('reason', " +
                  text + "))");
    stage.execute("INSERT INTO store.record (id, type, external_id, name, label) VALUES ('" + id +
                  "', 'account', 'A1', " + text + ", 'a')");
    stage.execute("INSERT INTO store.activity (id, kind, direction, subject, body, body_type, "
                  "occurred_at, message_id, owned_at, regarding_id, owner_id) VALUES ('" +
                  id + "', 'email', 'incoming', " + text + ", " + text + ", 'text', now(), " +
                  text + ", now(), '" + id + "', '" + id + "')");
    stage.execute("INSERT INTO store.attachment (activity_id, ordinal, name, content_type, size, "
                  "status, reason) VALUES ('" +
                  id + "', 0, " + text + ", 'text/plain', 1, 'skipped', " + text + ")");
    const std::vector<std::vector<std::string>> commands = {{"activity", "show", id},
                                                            {"record", "find", "A1"},
                                                            {"mailbox", "list"},
                                                            {"mailbox", "show", ann},
                                                            {"log"},
                                                            {"explain", ann, "<1@mail.example>"}};
    for (std::vector<std::string> command : commands) {
        const std::string spelt = joined(command);
        CAPTURE(spelt);
        const Outcome shown = stage.crmsync(command);
        CAPTURE(shown.out, shown.err);
        CHECK(shown.code == 0);
        CHECK_THAT(shown.out, Catch::Contains("abc"));
        CHECK_FALSE(has_commands(shown.out));
        CHECK(shown.out.find("\nowner      boss") == std::string::npos);
        command.emplace_back("--json");
        const std::string told = stage.crmsync(command).out;
        CAPTURE(told);
        CHECK_THAT(told, Catch::Contains("\\u009b2J\\u0085\\u007f\\t\\u202eabc\\u2066"));
        CHECK_FALSE(has_commands(told));
    }
    CHECK_THAT(stage.crmsync({"activity", "show", id}).out,
               Catch::Contains("subject    hello  owner      boss@contoso.example\uFFFD2J "));
    const json::value told = json::parse(stage.crmsync({"activity", "show", id, "--json"}).out);
    CHECK(told.at("subject").as_string() == evil.c_str());

    const Outcome unknown = stage.crmsync({"activity", "show", "x" + rest});
    CHECK(is_one_line(unknown.err));
    CHECK_FALSE(has_commands(unknown.err));
}

TEST_CASE("the configuration is found by --config, then by the environment")
{
    Stage stage;
    const TempFolder elsewhere;
    const auto run = [&](std::vector<std::string> arguments, const Environment& environment) {
        return Child(crmsync_program, std::move(arguments), elsewhere.path() / "run", environment)
            .wait();
    };
    CHECK(run({"mailbox", "list"}, {{"CRMSYNC_CONFIG", stage.config_path().string()}}).code == 0);
    CHECK(run({"mailbox", "list", "--config", stage.config_path().string()},
              {{"CRMSYNC_CONFIG", "/nowhere/crmsync.toml"}})
              .code == 0);
    const Outcome missing = run({"mailbox", "list"}, {{"CRMSYNC_CONFIG", "/nowhere/crmsync.toml"}});
    CHECK(missing.code == 2);
    CHECK(is_one_line(missing.err));
    CHECK_THAT(missing.err, Catch::Contains("/nowhere/crmsync.toml"));
}
