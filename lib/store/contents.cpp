#include "store/contents.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <utility>

namespace crmsync::store {
namespace {

constexpr std::int64_t part_bytes = 256 * 1024;
constexpr int parts_at_once = 4;
constexpr std::int64_t longest_short = 1024 * 1024;

std::int64_t size_of(const StoredAttachment& row)
{
    return row.file ? row.file->size() : static_cast<std::int64_t>(row.content.size());
}

bool is_long(const StoredAttachment& row) { return size_of(row) > longest_short; }

std::string read(const StoredAttachment& row, std::int64_t from)
{
    if (row.file)
        return row.file->read(from, part_bytes);
    return row.content.substr(static_cast<std::size_t>(from), part_bytes);
}

std::int64_t parts_of(const StoredAttachment& row)
{
    return (size_of(row) + part_bytes - 1) / part_bytes;
}

void add_part(pg::Script& script, const std::string& digest, const StoredAttachment& row,
              std::int64_t n)
{
    script.add(sql::insert_blob_part,
               params(pg::Bytes{digest}, n, pg::Bytes{read(row, n * part_bytes)}));
}

void add_heads(pg::Script& script, const Contents& contents)
{
    std::vector<pg::Bytes> digests;
    std::vector<std::int64_t> sizes;
    for (const auto& [digest, row] : contents) {
        digests.push_back({digest});
        sizes.push_back(size_of(*row));
    }
    script.add(sql::insert_blobs, params(digests, sizes));
}

Contents of_length(const Contents& all, bool wanted)
{
    Contents some;
    for (const auto& [digest, row] : all)
        if (is_long(*row) == wanted)
            some.emplace(digest, row);
    return some;
}

} // namespace

std::vector<pg::Bytes> digests_of(const std::vector<const StoredAttachment*>& rows)
{
    std::set<std::string> digests;
    for (const StoredAttachment* row : rows)
        if (row->status == "stored")
            digests.emplace(bytes_of(row->sha256));
    std::vector<pg::Bytes> values;
    for (const std::string& digest : digests)
        values.push_back({digest});
    return values;
}

Contents missing_contents(const std::vector<const StoredAttachment*>& rows,
                          const std::set<std::string>& stored)
{
    Contents missing;
    for (const StoredAttachment* row : rows) {
        std::string digest(bytes_of(row->sha256));
        if (row->status == "stored" && !stored.contains(digest))
            missing.emplace(std::move(digest), row);
    }
    return missing;
}

boost::asio::awaitable<void> send_long_contents(pg::Connection& connection, Contents missing)
{
    const Contents contents = of_length(missing, true);
    if (contents.empty())
        co_return;
    pg::Script heads;
    add_heads(heads, contents);
    const std::vector<pg::Result> answer = co_await advance(connection, std::move(heads));
    std::set<std::string> ours;
    for (int row = 0; row < answer.back().rows(); ++row)
        ours.insert(answer.back().get<pg::Bytes>(row, 0).value);
    for (const auto& [digest, row] : contents) {
        if (!ours.contains(digest))
            continue; // another page has brought it meanwhile
        const std::int64_t parts = parts_of(*row);
        for (std::int64_t n = 0; n < parts;) {
            pg::Script some;
            for (int i = 0; i < parts_at_once && n < parts; ++i)
                add_part(some, digest, *row, n++);
            co_await advance(connection, std::move(some));
        }
    }
}

void add_short_contents(pg::Script& script, const Contents& missing)
{
    const Contents contents = of_length(missing, false);
    if (contents.empty())
        return;
    add_heads(script, contents);
    for (const auto& [digest, row] : contents)
        for (std::int64_t n = 0; n < parts_of(*row); ++n)
            add_part(script, digest, *row, n);
}

} // namespace crmsync::store
