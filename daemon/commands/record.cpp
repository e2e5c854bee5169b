#include "base/failure.hpp"
#include "base/text.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "commands/record_subcommands.hpp"
#include "print.hpp"
#include "store/record_csv.hpp"
#include "store/records.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

std::string read_whole(const std::string& path)
{
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "rbe"),
                                                                  &std::fclose);
    if (!file)
        throw UsageError("cannot read " + path + ": " + std::strerror(errno));
    // Read in pieces: a stream does not say why, nor that a folder is none of its kind.
    std::string text;
    char piece[65536];
    errno = 0;
    while (const std::size_t size = std::fread(piece, 1, sizeof piece, file.get()))
        text.append(piece, size);
    if (std::ferror(file.get()) != 0)
        throw UsageError("cannot read " + path + ": " + std::strerror(errno));
    return text;
}

asio::awaitable<int> import(pg::Pool& pool, std::string type, std::string path, bool as_json_text)
{
    if (!store::is_record_type(type))
        throw UsageError(
            "--type \"" + type +
            "\" is none of account, contact, lead, opportunity, case, user, team, list");
    store::RecordFile file;
    try {
        file = store::read_record_csv(read_whole(path), type);
    } catch (const UsageError& mistake) {
        throw UsageError(path + ": " + mistake.what());
    }
    store::Records records(pool);
    store::ImportReport report = co_await records.import(std::move(file.rows));
    report.refused.insert(report.refused.end(), file.refused.begin(), file.refused.end());
    std::sort(
        report.refused.begin(), report.refused.end(),
        [](const store::RefusedRow& a, const store::RefusedRow& b) { return a.line < b.line; });

    if (as_json_text) {
        json::object object;
        object["added"] = report.added;
        object["changed"] = report.changed;
        json::array refused;
        for (const store::RefusedRow& row : report.refused) {
            json::object one;
            one["line"] = row.line;
            one["reason"] = row.reason;
            refused.emplace_back(std::move(one));
        }
        object["refused"] = std::move(refused);
        print_json(std::cout, object);
    } else {
        for (const store::RefusedRow& row : report.refused)
            print_line(std::cout, fmt::format("{}:{}: {}", path, row.line, row.reason));
        print_line(std::cout, fmt::format("{} added, {} changed, {} refused", report.added,
                                          report.changed, report.refused.size()));
    }
    if (!report.refused.empty())
        throw Failure(
            Reaction::stop, "import.rows_refused",
            fmt::format("{} rows of {} were refused; correct them and import the file again",
                        report.refused.size(), path));
    co_return 0;
}

json::value id_or_null(const std::optional<RecordId>& id)
{
    return id ? json::value(to_string(id->value)) : json::value(nullptr);
}

asio::awaitable<int> find(pg::Pool& pool, std::string text, bool as_json_text)
{
    store::Records records(pool);
    const std::vector<store::FoundRecord> found = co_await records.find(text);
    json::array array;
    std::vector<std::vector<std::string>> rows;
    for (const store::FoundRecord& one : found) {
        const Record& record = one.record;
        rows.push_back({to_string(record.id.value), record.type, record.number.value_or(""),
                        record.name, record.state == RecordState::open ? "open" : "closed",
                        join(one.addresses, " ")});
        json::object object;
        object["id"] = to_string(record.id.value);
        object["type"] = record.type;
        object["external_id"] = record.external_id;
        object["name"] = record.name;
        object["number"] = record.number ? json::value(*record.number) : json::value(nullptr);
        object["parent_id"] = id_or_null(record.parent);
        object["owner_id"] = id_or_null(record.owner);
        object["state"] = record.state == RecordState::open ? "open" : "closed";
        object["fields"] = json::parse(one.fields_json);
        object["addresses"] = json::value_from(one.addresses);
        array.emplace_back(std::move(object));
    }
    if (as_json_text)
        print_json(std::cout, array);
    else if (found.empty())
        print_line(std::cout, "no record found");
    else
        print_table(std::cout, {"ID", "TYPE", "NUMBER", "NAME", "STATE", "ADDRESSES"}, rows);
    co_return 0;
}

} // namespace

void add_record_commands(CLI::App& app, Invocation& invocation)
{
    CLI::App* record = app.add_subcommand("record", "Records of the CRM that items can belong to");
    record->require_subcommand(0, 1);
    record->footer("Example: crmsync record find 'Adventure Works'");

    CLI::App* importing = record->add_subcommand("import", "Add or change records from a CSV file");
    auto type = std::make_shared<std::string>();
    auto path = std::make_shared<std::string>();
    importing
        ->add_option("--type", *type,
                     "account, contact, lead, opportunity, case, user, team or list")
        ->type_name("TYPE")
        ->required();
    importing
        ->add_option("FILE.csv", *path,
                     "UTF-8 with a header line; external_id and name are required")
        ->type_name("")
        ->required();
    importing->add_flag("--json", invocation.json, "Print JSON");
    importing->footer("Columns with a meaning: email, email2, email3, domain, number, parent "
                      "(type:external_id), owner, state,\n"
                      "and of a team members (addresses, a semicolon between two); others are kept "
                      "as fields.\n"
                      "Rows that are refused are listed with their line; the good ones go in. Exit "
                      "code 1 if any was.\n"
                      "Example: crmsync record import --type contact contacts.csv");
    importing->callback([&invocation, type, path] {
        invocation.action = [&invocation, type, path] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(import(pool, *type, *path, invocation.json));
        };
    });

    add_record_close(*record, invocation);
    add_record_pin(*record, invocation);

    CLI::App* finding =
        record->add_subcommand("find", "Find records by number, external id, address or name");
    auto text = std::make_shared<std::string>();
    finding
        ->add_option("TEXT", *text,
                     "A number, external id or address as it is, or any part of a name")
        ->type_name("")
        ->required();
    finding->add_flag("--json", invocation.json, "Print JSON");
    finding->footer("Example: crmsync record find 'Adventure Works'");
    finding->callback([&invocation, text] {
        invocation.action = [&invocation, text] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(find(pool, *text, invocation.json));
        };
    });
}

} // namespace crmsync
